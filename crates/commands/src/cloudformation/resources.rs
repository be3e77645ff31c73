//! The properties of resources that name local files.

/// What a property becomes once its file is in the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The object's `s3://` URL.
    Url,
    /// A map with bucket, key and version under these names.
    Map(&'static str, &'static str, Option<&'static str>),
    /// The file is a template itself; the HTTPS URL of what became of it.
    Template,
}

/// A property that names a local file or folder.
#[derive(Debug, Clone, Copy)]
pub struct Property {
    /// The resource's type.
    pub resource: &'static str,
    /// The property's path in the resource's properties.
    pub path: &'static str,
    /// What it becomes.
    pub form: Form,
    /// Without it the template's whole folder is meant.
    pub whole_folder: bool,
    /// A single file is put into a zip file.
    pub zip: bool,
}

const fn property(resource: &'static str, path: &'static str, form: Form) -> Property {
    Property { resource, path, form, whole_folder: false, zip: false }
}

const BUCKET_KEY_VERSION: Form = Form::Map("Bucket", "Key", Some("Version"));
const S3_BUCKET_KEY_VERSION: Form = Form::Map("S3Bucket", "S3Key", Some("S3ObjectVersion"));

/// Those of resources, in the order in which they are looked at.
pub const RESOURCES: &[Property] = &[
    Property { whole_folder: true, zip: true, ..property("AWS::Serverless::Function", "CodeUri", Form::Url) },
    property("AWS::Serverless::Api", "DefinitionUri", Form::Url),
    property("AWS::AppSync::GraphQLSchema", "DefinitionS3Location", Form::Url),
    property("AWS::AppSync::Resolver", "RequestMappingTemplateS3Location", Form::Url),
    property("AWS::AppSync::Resolver", "ResponseMappingTemplateS3Location", Form::Url),
    property("AWS::AppSync::FunctionConfiguration", "RequestMappingTemplateS3Location", Form::Url),
    property("AWS::AppSync::FunctionConfiguration", "ResponseMappingTemplateS3Location", Form::Url),
    property("AWS::ApiGateway::RestApi", "BodyS3Location", BUCKET_KEY_VERSION),
    Property { whole_folder: true, zip: true, ..property("AWS::Lambda::Function", "Code", S3_BUCKET_KEY_VERSION) },
    Property {
        whole_folder: true,
        ..property("AWS::ElasticBeanstalk::ApplicationVersion", "SourceBundle", Form::Map("S3Bucket", "S3Key", None))
    },
    Property { whole_folder: true, ..property("AWS::CloudFormation::Stack", "TemplateURL", Form::Template) },
    Property { whole_folder: true, ..property("AWS::Serverless::Application", "Location", Form::Template) },
    Property { whole_folder: true, zip: true, ..property("AWS::Serverless::LayerVersion", "ContentUri", Form::Url) },
    Property {
        whole_folder: true,
        zip: true,
        ..property("AWS::Lambda::LayerVersion", "Content", S3_BUCKET_KEY_VERSION)
    },
    Property { whole_folder: true, ..property("AWS::Glue::Job", "Command.ScriptLocation", Form::Url) },
    property("AWS::StepFunctions::StateMachine", "DefinitionS3Location", BUCKET_KEY_VERSION),
    property("AWS::Serverless::StateMachine", "DefinitionUri", BUCKET_KEY_VERSION),
    Property {
        zip: true,
        ..property("AWS::CodeCommit::Repository", "Code.S3", Form::Map("Bucket", "Key", Some("ObjectVersion")))
    },
];

/// Those of the template's metadata.
pub const METADATA: &[Property] = &[
    property("AWS::ServerlessRepo::Application", "ReadmeUrl", Form::Url),
    property("AWS::ServerlessRepo::Application", "LicenseUrl", Form::Url),
];
