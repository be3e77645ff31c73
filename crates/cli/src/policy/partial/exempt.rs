//! What looks like a partial failure in the models' outputs and isn't one.

/// One value, under one of these names, describes something: the job, resource or setting that the operation is about.
/// Lists of that name are decided one by one.
const DESCRIBING: &[&str] = &[
    "Error",
    "ErrorCode",
    "ErrorDescription",
    "ErrorDetail",
    "ErrorDetails",
    "ErrorInfo",
    "ErrorMessage",
    "ErrorString",
    "FailureCause",
    "FailureCode",
    "FailureMessage",
    "FailureReason",
    "RejectionReason",
    "Warning",
    "WarningMessage",
    "error",
    "errorCode",
    "errorDetails",
    "errorInfo",
    "errorMessage",
    "errorReason",
    "errorType",
    "failureCode",
    "failureMessage",
    "failureReason",
    "lastRunErrorMessage",
    "lastRunErrorStatus",
];

/// Lists of such a name are remarks about something that was done.
const REMARKS: &str = "warning";

/// Stands for every operation of the service.
const ANY: &str = "ANY";

/// Whether `member` of the output of an operation is known not to report a partial failure. `single` says that it is one
/// value, neither a list, nor a map, nor a number.
pub(super) fn covers(service: &str, operation: &str, member: &str, single: bool) -> bool {
    let list = member.split(['[', '{']).next().unwrap_or_default();
    single && DESCRIBING.contains(&member)
        || list.to_ascii_lowercase().contains(REMARKS)
        || [asked::ROWS, described::ROWS].into_iter().flatten().any(|row| {
            let of_this = row.operations == [ANY] || row.operations.contains(&operation);
            row.service == service && of_this && (row.member == member || row.member == list)
        })
}

/// The answer to what was asked: a validation's findings, a list of problems, faces that don't match.
mod asked {
    use super::super::rows;

    rows! {
        "acm" {
            "AcmeDomainValidations" Exempt: ListAcmeDomainValidations;
            "DomainValidationSummaryList" Exempt: ListCertificateDomainValidations;
        }
        "application-insights" {
            "ProblemList" Exempt: ListProblems;
        }
        "arc-region-switch" {
            "serviceQuotaWarningSummaries" Exempt: ListServiceQuotaWarnings;
        }
        "auditmanager" {
            "validationErrors" Exempt: ValidateAssessmentReportIntegrity;
        }
        "cloudfront" {
            "DomainConflicts" Exempt: ListDomainConflicts;
        }
        "cloudtrail" {
            "Failures" Exempt: ListImportFailures;
        }
        "codecommit" {
            "conflictMetadataList" Exempt: GetMergeConflicts;
            "conflicts" Exempt: BatchDescribeMergeConflicts;
        }
        "config" {
            "RemediationExceptions" Exempt: DescribeRemediationExceptions;
        }
        "datapipeline" {
            "validationErrors" Exempt: ValidatePipelineDefinition;
        }
        "devicefarm" {
            "uniqueProblems" Exempt: ListUniqueProblems;
        }
        "geo-routes" {
            "ImpedingWaypoints[].FailedConstraints" Exempt: OptimizeWaypoints;
        }
        "iot" {
            "validationErrors" Exempt: ValidateSecurityProfileBehaviors;
        }
        "license-manager" {
            "LicenseOperationFailureList" Exempt: ListFailuresForLicenseConfigurationOperations;
        }
        "observabilityadmin" {
            "Errors" Exempt: ValidateTelemetryPipelineConfiguration;
            "Results[].Error" Exempt: TestTelemetryPipeline;
        }
        "organizations" {
            "EffectivePolicyValidationErrors" Exempt: ListEffectivePolicyValidationErrors;
        }
        "osis" {
            "Errors" Exempt: ValidatePipeline;
        }
        "rekognition" {
            "UnindexedFaces" Exempt: IndexFaces;
            "UnmatchedFaces" Exempt: CompareFaces;
            "UnrecognizedFaces" Exempt: RecognizeCelebrities;
            "UnsearchedFaces" Exempt: SearchUsersByImage;
        }
        "resiliencehub" {
            "unsupportedResources" Exempt: ListUnsupportedAppVersionResources;
        }
        "secretsmanager" {
            "ValidationErrors" Exempt: ValidateResourcePolicy;
        }
        "securitylake" {
            "exceptions" Exempt: ListDataLakeExceptions;
        }
    }
}

/// The state of something that the operation describes or has just begun, and settings whose names speak of failures.
mod described {
    use super::super::rows;

    rows! {
        "acm" {
            "AcmeDomainValidation" Exempt: DescribeAcmeDomainValidation;
            "AcmeDomainValidationArn" Exempt: CreateAcmeDomainValidation;
        }
        "apigatewayv2" {
            "StatusException" Exempt: CreatePortal CreateProductRestEndpointPage GetPortal GetProductRestEndpointPage
                UpdatePortal UpdateProductRestEndpointPage;
        }
        "appfabric" {
            "userAccessResultsList[].taskError" Exempt: BatchGetUserAccessTasks;
        }
        "application-insights" {
            "Problem" Exempt: DescribeProblem;
        }
        "appsync" {
            "outErrors" Exempt: EvaluateCode EvaluateMappingTemplate;
        }
        "bedrock" {
            "errorRecordCount" Exempt: GetModelInvocationJob;
            "failureMessages" Exempt: GetEvaluationJob;
            "failureRecommendations" Exempt: GetGuardrail;
        }
        "bedrock-agent-runtime" {
            "errors" Exempt: GetFlowExecution;
        }
        "bedrock-agentcore" {
            "errorDetails" Exempt: GetABTest GetBatchEvaluation;
            "evaluationResults[].errorMessage" Exempt: Evaluate;
            "failureAnalysisResult" Exempt: GetBatchEvaluation;
            "successfulRecords[].errorCode" Exempt: BatchCreateMemoryRecords BatchDeleteMemoryRecords
                BatchUpdateMemoryRecords;
            "successfulRecords[].errorMessage" Exempt: BatchCreateMemoryRecords BatchDeleteMemoryRecords
                BatchUpdateMemoryRecords;
        }
        "bedrock-agentcore-control" {
            "exceptionLevel" Exempt: CreateGateway GetGateway UpdateGateway;
        }
        "billing" {
            "partialResults" Exempt: GetCreditAllocationHistory;
        }
        "billingconductor" {
            "SuccessfullyAssociatedResources[].Error" Exempt: BatchAssociateResourcesToCustomLineItem;
            "SuccessfullyDisassociatedResources[].Error" Exempt: BatchDisassociateResourcesFromCustomLineItem;
        }
        "cleanrooms" {
            "collaborationAnalysisTemplates[].errorMessageConfiguration" Exempt: BatchGetCollaborationAnalysisTemplate;
        }
        "cloudformation" {
            "FailureMode" Exempt: GetHookResult;
            "OnStackFailure" Exempt: DescribeChangeSet;
            "TotalWarnings" Exempt: DescribeGeneratedTemplate;
            "Warnings" Exempt: GetTemplateSummary;
        }
        "cloudfront" {
            "ConflictingAliasesList" Exempt: ListConflictingAliases;
            "Invalidation" Exempt: CreateInvalidation CreateInvalidationForDistributionTenant GetInvalidation
                GetInvalidationForDistributionTenant;
            "InvalidationList" Exempt: ListInvalidations ListInvalidationsForDistributionTenant;
        }
        "cloudhsm" {
            "HsmsLastActionFailed" Exempt: DescribeHapg;
        }
        "cloudtrail" {
            "LastRefreshFailureReason" Exempt: GetDashboard;
            "LatestCloudWatchLogsDeliveryError" Exempt: GetTrailStatus;
            "LatestDeliveryError" Exempt: GetTrailStatus;
            "LatestDigestDeliveryError" Exempt: GetTrailStatus;
            "LatestNotificationError" Exempt: GetTrailStatus;
        }
        "codecommit" {
            "conflictMetadata" Exempt: DescribeMergeConflicts;
        }
        "codedeploy" {
            "deploymentsInfo[].errorInformation" Exempt: BatchGetDeployments;
            "deploymentsInfo[].ignoreApplicationStopFailures" Exempt: BatchGetDeployments;
        }
        "customer-profiles" {
            "IsDataPartial" Exempt: GetCalculatedAttributeForProfile;
        }
        "dataexchange" {
            "Errors" Exempt: CreateJob GetJob;
        }
        "datapipeline" {
            "errored" Exempt: PutPipelineDefinition ValidatePipelineDefinition;
        }
        "datasync" {
            "FilesFailed" Exempt: DescribeTaskExecution;
            "FilesSkipped" Exempt: DescribeTaskExecution;
            "FoldersFailed" Exempt: DescribeTaskExecution;
            "FoldersSkipped" Exempt: DescribeTaskExecution;
        }
        "datazone" {
            "assets[].failureCause" Exempt: CreateSubscriptionGrant DeleteSubscriptionGrant UpdateSubscriptionGrantStatus;
            "assets[].failureTimestamp" Exempt: CreateSubscriptionGrant DeleteSubscriptionGrant
                UpdateSubscriptionGrantStatus;
            "failureReasons" Exempt: CreateProject GetDomain GetProject UpdateProject;
            "retainPermissionsOnRevokeFailure" Exempt: DeleteDataSource UpdateDataSource;
        }
        "deadline" {
            "failureRetryCount" Exempt: GetTask;
            "jobs[].maxFailedTasksCount" Exempt: BatchGetJob;
            "jobs[].taskFailureRetryCount" Exempt: BatchGetJob;
            "maxFailedTasksCount" Exempt: GetJob;
            "steps[].taskFailureRetryCount" Exempt: BatchGetStep;
            "taskFailureRetryCount" Exempt: GetJob GetStep;
            "tasks[].failureRetryCount" Exempt: BatchGetTask;
        }
        "dynamodb" {
            "FailureException" Exempt: DescribeContributorInsights;
        }
        "ec2" {
            "NatGatewayAddresses[].FailureMessage" Exempt: AssignPrivateNatGatewayAddress AssociateNatGatewayAddress
                DisassociateNatGatewayAddress UnassignPrivateNatGatewayAddress;
            "NumberOfFailedAccounts" Exempt: GetDeclarativePoliciesReportSummary;
            "ValidationFailureReason" Exempt: GetReservedInstancesExchangeQuote;
        }
        "ecr" {
            "failure" Exempt: ValidatePullThroughCacheRule;
        }
        "eventbridgev2" {
            "OnFailureConfiguration" Exempt: DescribeSubscriber;
        }
        "evs" {
            "entitlements[].errorDetail" Exempt: CreateEntitlement DeleteEntitlement;
        }
        "fsx" {
            "AdministrativeActions[].FailureDetails" Exempt: CopySnapshotAndUpdateVolume RestoreVolumeFromSnapshot;
        }
        "glue" {
            "Blueprints[].ErrorMessage" Exempt: BatchGetBlueprints;
            "DevEndpoints[].FailureReason" Exempt: BatchGetDevEndpoints;
            "Errors" Exempt: CreateIntegration DeleteIntegration ModifyIntegration;
            "Runs[].ErrorString" Exempt: BatchGetDataQualityRulesetEvaluationRun;
        }
        "greengrass" {
            "ErrorDetails" Exempt: GetBulkDeploymentStatus GetDeploymentStatus;
        }
        "groundstation" {
            "errorReasons" Exempt: DescribeEphemeris;
            "invalidReason" Exempt: DescribeEphemeris;
        }
        "guardduty" {
            "FailedResourcesCount" Exempt: GetMalwareScan;
            "PublishingFailureStartTimestamp" Exempt: DescribePublishingDestination;
            "SkippedResourcesCount" Exempt: GetMalwareScan;
        }
        "imagebuilder" {
            "onFailure" Exempt: GetWorkflowStepExecution;
            "totalStepsFailed" Exempt: GetWorkflowExecution;
            "totalStepsSkipped" Exempt: GetWorkflowExecution;
        }
        "importexport" {
            "ErrorCount" Exempt: GetStatus;
        }
        "inspector2" {
            "accountIds[].errorMessage" Exempt: BatchGetMemberEc2DeepInspectionStatus
                BatchUpdateMemberEc2DeepInspectionStatus;
        }
        "iot" {
            "failureCount" Exempt: DescribeThingRegistrationTask;
        }
        "iotsitewise" {
            "errorReportLocation" Exempt: DescribeBulkImportJob DescribeDatasetExportJob;
        }
        "iotthingsgraph" {
            "failureReason" Exempt: GetUploadStatus;
        }
        "iotwireless" {
            "FailedImportedDeviceCount" Exempt: GetWirelessDeviceImportTask;
        }
        "kendra" {
            "DocumentStatusList[].FailureCode" Exempt: BatchGetDocumentStatus;
            "DocumentStatusList[].FailureReason" Exempt: BatchGetDocumentStatus;
            "FeaturedDocumentsMissing" Exempt: DescribeFeaturedResultsSet;
        }
        "kinesisvideo" {
            "FailedStatusDetails" Exempt: DescribeEdgeConfiguration StartEdgeConfigurationUpdate;
        }
        "lambda" {
            "BisectBatchOnFunctionError" Exempt: CreateEventSourceMapping DeleteEventSourceMapping GetEventSourceMapping
                UpdateEventSourceMapping;
            "FilterCriteriaError" Exempt: CreateEventSourceMapping DeleteEventSourceMapping GetEventSourceMapping
                UpdateEventSourceMapping;
        }
        "lambda-microvms" {
            "latestFailedImageVersion" Exempt: CreateMicrovmImage GetMicrovmImage UpdateMicrovmImage;
        }
        "lambda-web" {
            "errors" Exempt: GetWebFunctionRevision;
        }
        "lex-models" {
            "failureReason" Exempt: GetImport;
            "rejectionStatement" Exempt: CreateIntentVersion GetIntent PutIntent;
        }
        "lexv2-models" {
            "errorLogSettings" Exempt: CreateBot DescribeBot UpdateBot;
            "failureReasons" Exempt: DescribeBot DescribeBotLocale DescribeBotRecommendation DescribeBotReplica
                DescribeBotResourceGeneration DescribeBotVersion DescribeExport DescribeImport DescribeTestExecution
                DescribeTestSetDiscrepancyReport DescribeTestSetGeneration UpdateBotLocale;
            "testSetDiscrepancyTopErrors" Exempt: DescribeTestSetDiscrepancyReport;
        }
        "license-manager" {
            "DisassociateWhenNotFound" Exempt: GetLicenseConfiguration;
        }
        "lightsail" {
            "operations[].errorCode" Exempt: ANY;
            "operations[].errorDetails" Exempt: ANY;
        }
        "lookoutequipment" {
            "FailedReason" Exempt: DescribeDataIngestionJob DescribeModel DescribeModelVersion;
            "LatestScheduledRetrainingFailedReason" Exempt: DescribeModel;
        }
        "machinelearning" {
            "InvalidRecordCount" Exempt: GetBatchPrediction;
        }
        "mailmanager" {
            "FailedItemsCount" Exempt: GetAddressListImportJob;
        }
        "marketplace-catalog" {
            "FailureDescription" Exempt: DescribeChangeSet;
        }
        "medialive" {
            "FailedMediaResourceMap" Exempt: CreateSignalMap GetSignalMap StartDeleteMonitorDeployment
                StartMonitorDeployment StartUpdateSignalMap;
            "InputAttachments[].AutomaticInputFailoverSettings" Exempt: DeleteChannel RestartChannelPipelines
                StartChannel StopChannel;
            "TreatMissingData" Exempt: CreateCloudWatchAlarmTemplate GetCloudWatchAlarmTemplate
                UpdateCloudWatchAlarmTemplate;
        }
        "mediapackagev2" {
            "ForceEndpointErrorConfiguration" Exempt: CreateOriginEndpoint GetOriginEndpoint UpdateOriginEndpoint;
        }
        "migrationhuborchestrator" {
            "noOfSrvFailed" Exempt: GetWorkflowStep;
        }
        "migrationhubstrategy" {
            "numberOfRecordsFailed" Exempt: GetImportFileTask;
        }
        "observabilityadmin" {
            "TagPropagationFailureReason" Exempt: GetCentralizationRuleForOrganization;
        }
        "odb" {
            "subscriptionErrors" Exempt: GetOciOnboardingStatus;
        }
        "omics" {
            "failedTime" Exempt: GetBatch;
        }
        "opensearch" {
            "DomainPackageDetailsList[].ErrorDetails" Exempt: AssociatePackages DissociatePackages;
            "failures" Exempt: GetCapability;
        }
        "opensearchserverless" {
            "collectionDetails[].failureCode" Exempt: BatchGetCollection;
            "collectionDetails[].failureMessage" Exempt: BatchGetCollection;
            "vpcEndpointDetails[].failureCode" Exempt: BatchGetVpcEndpoint;
            "vpcEndpointDetails[].failureMessage" Exempt: BatchGetVpcEndpoint;
        }
        "outposts" {
            "Failed" Exempt: GetCapacityTask StartCapacityTask;
        }
        "partnercentral-account" {
            "ErrorDetailList" Exempt: CancelProfileUpdateTask GetProfileUpdateTask StartProfileUpdateTask;
        }
        "partnercentral-revenue-measurement" {
            "ErrorDetailList" Exempt: GetRevenueAttributionAllocationsTask;
        }
        "partnercentral-selling" {
            "LastFailure" Exempt: GetResourceSnapshotJob;
        }
        "pinpoint-sms-voice-v2" {
            "AttachmentUploadErrorReason" Exempt: DeleteRegistrationAttachment;
            "LatestDeniedVersionNumber" Exempt: DeleteRegistration;
        }
        "qapps" {
            "problemStatement" Exempt: PredictQApp;
        }
        "quicksight" {
            "Errors" Exempt: DescribeAnalysisDefinition DescribeAssetBundleExportJob DescribeAssetBundleImportJob
                DescribeDashboardDefinition DescribeTemplateDefinition;
            "FailureAction" Exempt: DescribeAssetBundleImportJob;
            "RollbackErrors" Exempt: DescribeAssetBundleImportJob;
        }
        "rds" {
            "Errors" Exempt: CreateIntegration DeleteIntegration ModifyIntegration;
        }
        "redshift" {
            "Errors" Exempt: CreateIntegration DeleteIntegration ModifyIntegration;
            "LastFailureMessage" Exempt: DescribeLoggingStatus DisableLogging EnableLogging;
            "LastFailureTime" Exempt: DescribeLoggingStatus DisableLogging EnableLogging;
        }
        "rekognition" {
            "FailureDetails" Exempt: GetMediaAnalysisJob;
        }
        "resiliencehub" {
            "errorDetails" Exempt: DescribeDraftAppVersionResourcesImportStatus;
        }
        "route53globalresolver" {
            "firewallRulesFailOpen" Exempt: CreateDNSView DeleteDNSView DisableDNSView EnableDNSView GetDNSView
                UpdateDNSView;
        }
        "s3" {
            "ErrorDocument" Exempt: GetBucketWebsite;
            "MissingMeta" Exempt: GetObject HeadObject;
        }
        "sagemaker" {
            "AutoMLProblemTypeConfig" Exempt: DescribeAutoMLJobV2;
            "AutoMLProblemTypeConfigName" Exempt: DescribeAutoMLJobV2;
            "EdgeDeploymentFailed" Exempt: DescribeEdgeDeploymentPlan;
            "PartialFailureReasons" Exempt: DescribeAutoMLJob DescribeAutoMLJobV2;
            "ProblemType" Exempt: DescribeAutoMLJob;
        }
        "sagemaker-geospatial" {
            "ExportErrorDetails" Exempt: GetEarthObservationJob GetVectorEnrichmentJob;
        }
        "sagemaker-runtime" {
            "FailureLocation" Exempt: InvokeEndpointAsync;
        }
        "securityagent" {
            "codeReviewJobs[].errorInformation" Exempt: BatchGetCodeReviewJobs;
            "pentestJobs[].errorInformation" Exempt: BatchGetPentestJobs;
            "threatModelJobs[].errorInformation" Exempt: BatchGetThreatModelJobs;
        }
        "securitylake" {
            "exceptionTimeToLive" Exempt: GetDataLakeExceptionSubscription;
        }
        "ses" {
            "FailureRedirectionURL" Exempt: GetCustomVerificationEmailTemplate;
        }
        "sesv2" {
            "FailedRecordsCount" Exempt: GetImportJob;
            "FailureInfo" Exempt: GetExportJob GetImportJob;
            "FailureRedirectionURL" Exempt: GetCustomVerificationEmailTemplate;
        }
        "socialmessaging" {
            "validationErrors" Exempt: GetWhatsAppFlow;
        }
        "ssm" {
            "InstancesWithFailedPatches" Exempt: DescribePatchGroupState;
            "InstancesWithInstalledRejectedPatches" Exempt: DescribePatchGroupState;
            "InstancesWithMissingPatches" Exempt: DescribePatchGroupState;
            "MaxErrors" Exempt: GetMaintenanceWindowExecutionTask GetMaintenanceWindowTask UpdateMaintenanceWindowTask;
            "RejectedPatches" Exempt: GetPatchBaseline UpdatePatchBaseline;
            "RejectedPatchesAction" Exempt: GetPatchBaseline UpdatePatchBaseline;
            "StandardErrorContent" Exempt: GetCommandInvocation;
            "StandardErrorUrl" Exempt: GetCommandInvocation;
            "Successful[].MaxErrors" Exempt: CreateAssociationBatch;
        }
        "stepfunctions" {
            "toleratedFailureCount" Exempt: DescribeMapRun;
            "toleratedFailurePercentage" Exempt: DescribeMapRun;
        }
        "timestream-influxdb" {
            "failoverMode" Exempt: CreateDbBackup DeleteDbBackup GetDbBackup GetDbCluster;
        }
        "wellarchitected" {
            "fieldErrors" Exempt: GetAgentProfile;
        }
        "wickr" {
            "rejected" Exempt: GetUsersCount;
            "successful[].challengeFailures" Exempt: BatchCreateUser;
        }
        "workspaces" {
            "ErrorDetails" Exempt: DescribeCustomWorkspaceImageImport;
            "PendingRequests[].ErrorCode" Exempt: CreateWorkspaces;
            "PendingRequests[].ErrorMessage" Exempt: CreateWorkspaces;
        }
        "workspaces-instances" {
            "EC2InstanceErrors" Exempt: GetWorkspaceInstance;
            "WorkspaceInstanceErrors" Exempt: GetWorkspaceInstance;
        }
    }
}
