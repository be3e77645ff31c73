//! Members that report partial failures: services from R to Z.

use super::rows;

rows! {
    "redshift" {
        "Errors" Items: BatchDeleteClusterSnapshots BatchModifyClusterSnapshots;
    }
    "rekognition" {
        "UnsuccessfulFaceAssociations" Items: AssociateFaces;
        "UnsuccessfulFaceDeletions" Items: DeleteFaces;
        "UnsuccessfulFaceDisassociations" Items: DisassociateFaces;
    }
    "repostspace" {
        "errors" Items: BatchAddChannelRoleToAccessors BatchAddRole BatchRemoveChannelRoleFromAccessors
            BatchRemoveRole;
    }
    "resiliencehub" {
        "failedEntries" Items: AcceptResourceGroupingRecommendations BatchUpdateRecommendationStatus
            RejectResourceGroupingRecommendations;
    }
    "resource-explorer-2" {
        "Errors" Items: BatchGetView;
    }
    "resource-groups" {
        "Failed" Items: GroupResources UngroupResources;
        "QueryErrors" Items: ListGroupResources SearchResources;
    }
    "resourcegroupstaggingapi" {
        "FailedResourcesMap" Items: TagResources UntagResources;
    }
    "route53globalresolver" {
        "failures" Items: BatchCreateFirewallRule BatchDeleteFirewallRule BatchUpdateFirewallRule;
    }
    "route53resolver" {
        "CreateErrors" Items: BatchCreateFirewallRule;
        "DeleteErrors" Items: BatchDeleteFirewallRule;
        "UpdateErrors" Items: BatchUpdateFirewallRule;
    }
    "rum" {
        "Errors" Items: BatchCreateRumMetricDefinitions BatchDeleteRumMetricDefinitions;
    }
    "s3" {
        "Errors" Items: DeleteObjects;
    }
    "sagemaker" {
        "BatchDescribeModelPackageErrorMap" Items: BatchDescribeModelPackage;
        "Errors" Items: RenderUiTemplate;
        "Failed" Items: BatchAddClusterNodes BatchDeleteClusterNodes BatchRebootClusterNodes BatchReplaceClusterNodes;
        "FailedNodeLogicalIds" Items: BatchDeleteClusterNodes BatchRebootClusterNodes BatchReplaceClusterNodes;
    }
    "sagemaker-featurestore-runtime" {
        "Errors" Items: BatchGetRecord BatchWriteRecord;
        "UnprocessedEntries" Items: BatchWriteRecord;
        "UnprocessedIdentifiers" Items: BatchGetRecord;
    }
    "sagemaker-metrics" {
        "Errors" Items: BatchPutMetrics;
        "MetricQueryResults[].Status" QUERY_FAILED: BatchGetMetrics;
    }
    "secretsmanager" {
        "Errors" Items: BatchGetSecretValue;
    }
    "security-ir" {
        "errors" Items: BatchGetMemberAccountDetails;
    }
    "securityagent" {
        "errors" Items: BatchCreateSecurityRequirements BatchDeleteSecurityRequirements BatchDisassociateFindingIssue
            BatchExportFindings BatchGetSecurityRequirements BatchUpdateSecurityRequirements;
        "failed" Items: BatchDeleteCodeReviews BatchDeletePentests BatchDeleteThreatModels;
        "notFound" Items: BatchGetAgentSpaces BatchGetCodeReviewJobTasks BatchGetCodeReviewJobs BatchGetCodeReviews
            BatchGetFindings BatchGetPentestJobTasks BatchGetPentestJobs BatchGetPentests BatchGetTargetDomains
            BatchGetThreatModelJobTasks BatchGetThreatModelJobs BatchGetThreatModels BatchGetThreats;
    }
    "securityhub" {
        "FailedCount" Number: BatchImportFindings;
        "FailedFindings" Items: BatchImportFindings;
        "UnprocessedAccounts" Items: CreateMembers DeclineInvitations DeleteInvitations DeleteMembers GetMembers
            InviteMembers;
        "UnprocessedAssociationUpdates" Items: BatchUpdateStandardsControlAssociations;
        "UnprocessedAssociations" Items: BatchGetStandardsControlAssociations;
        "UnprocessedAutomationRules" Items: BatchDeleteAutomationRules BatchGetAutomationRules
            BatchUpdateAutomationRules;
        "UnprocessedConfigurationPolicyAssociations" Items: BatchGetConfigurationPolicyAssociations;
        "UnprocessedFindings" Items: BatchUpdateFindings BatchUpdateFindingsV2;
        "UnprocessedIds" Items: BatchGetSecurityControls;
    }
    "securitylake" {
        "failed" Items: CreateAwsLogSource DeleteAwsLogSource;
    }
    "servicecatalog" {
        "FailedServiceActionAssociations" Items: BatchAssociateServiceActionWithProvisioningArtifact
            BatchDisassociateServiceActionFromProvisioningArtifact;
    }
    "ses" {
        "Status[].Error" Present: SendBulkTemplatedEmail;
    }
    "sesv2" {
        "BulkEmailEntryResults[].Error" Present: SendBulkEmail;
        "Errors" Items: BatchGetMetricData;
    }
    "sns" {
        "Failed" Items: PublishBatch;
    }
    "socialmessaging" {
        "validationErrors" Items: CreateWhatsAppFlow UpdateWhatsAppFlowAssets;
    }
    "sqs" {
        "Failed" Items: ChangeMessageVisibilityBatch DeleteMessageBatch SendMessageBatch;
    }
    "ssm" {
        "Failed" Items: CreateAssociationBatch;
        "InvalidLabels" Items: LabelParameterVersion UnlabelParameterVersion;
        "InvalidParameters" Items: DeleteParameters GetParameters;
    }
    "ssm-incidents" {
        "errors" Items: BatchGetIncidentFindings;
    }
    "stepfunctions" {
        "error" Present: StartSyncExecution;
    }
    "taxsettings" {
        "errors" Items: BatchDeleteTaxRegistration BatchPutTaxRegistration;
        "failedAccounts" Items: BatchGetTaxExemptions;
    }
    "trustedadvisor" {
        "batchUpdateRecommendationResourceExclusionErrors" Items: BatchUpdateRecommendationResourceExclusion;
    }
    "verifiedpermissions" {
        "errors" Items: BatchGetPolicy IsAuthorized IsAuthorizedWithToken;
        "results[].errors" Items: BatchIsAuthorized BatchIsAuthorizedWithToken;
    }
    "vpc-lattice" {
        "unsuccessful" Items: BatchUpdateRule DeregisterTargets RegisterTargets;
    }
    "wellarchitected" {
        "fieldErrors" Items: CreateAgentProfile UpdateAgentProfile;
    }
    "wickr" {
        "failed" Items: BatchCreateUser BatchDeleteUser BatchLookupUserUname BatchReinviteUser
            BatchResetDevicesForUser BatchToggleUserSuspendStatus;
    }
    "wisdom" {
        "errors" Items: NotifyRecommendationsReceived;
    }
    "workdocs" {
        "ShareResults[].Status" SHARE_FAILED: AddResourcePermissions;
    }
    "workspaces" {
        "FailedRequests" Items: CreateWorkspaces RebootWorkspaces RebuildWorkspaces StartWorkspaces StopWorkspaces
            TerminateWorkspaces;
        "FailedStandbyRequests" Items: CreateStandbyWorkspaces;
    }
    "xray" {
        "UnprocessedBoostStatistics" Items: GetSamplingTargets;
        "UnprocessedStatistics" Items: GetSamplingTargets;
        "UnprocessedTraceIds" Items: BatchGetTraces;
        "UnprocessedTraceSegments" Items: PutTraceSegments;
    }
}
