//! Members that report partial failures: services from A to C.

use super::rows;

rows! {
    "agent-registry" {
        "errors" Items: BatchGetDiscoverableRegistryRecord;
    }
    "amplifybackend" {
        "Error" Present: CloneBackend CreateBackend CreateBackendAPI CreateBackendAuth DeleteBackend DeleteBackendAPI
            DeleteBackendAuth GenerateBackendAPIModels GetBackend GetBackendAPI GetBackendAuth ImportBackendAuth
            RemoveAllBackends RemoveBackendConfig UpdateBackendAPI UpdateBackendAuth UpdateBackendConfig;
    }
    "appfabric" {
        "userAccessTasksList[].error" Present: StartUserAccessTasks;
    }
    "appflow" {
        "invalidExecutions" Items: CancelFlowExecutions;
    }
    "application-signals" {
        "Errors" Items: BatchDeleteInstrumentationConfigurations BatchGetServiceLevelObjectiveBudgetReport
            BatchUpdateExclusionWindows;
        "UnprocessedStatusEvents" Items: ReportInstrumentationConfigurationStatus;
    }
    "appstream" {
        "errors" Items: BatchAssociateUserStack BatchDisassociateUserStack;
    }
    "athena" {
        "UnprocessedNamedQueryIds" Items: BatchGetNamedQuery;
        "UnprocessedPreparedStatementNames" Items: BatchGetPreparedStatement;
        "UnprocessedQueryExecutionIds" Items: BatchGetQueryExecution;
    }
    "auditmanager" {
        "errors" Items: BatchAssociateAssessmentReportEvidence BatchCreateDelegationByAssessment
            BatchDeleteDelegationByAssessment BatchDisassociateAssessmentReportEvidence
            BatchImportEvidenceToAssessmentControl;
    }
    "autoscaling" {
        "Errors" Items: LaunchInstances;
        "FailedScheduledActions" Items: BatchDeleteScheduledAction;
        "FailedScheduledUpdateGroupActions" Items: BatchPutScheduledUpdateGroupAction;
    }
    "batch" {
        "errors" Items: CancelJobs TerminateJobs TerminateServiceJobs;
    }
    "bcm-pricing-calculator" {
        "errors" Items: BatchCreateBillScenarioCommitmentModification BatchCreateBillScenarioUsageModification
            BatchCreateWorkloadEstimateUsage BatchDeleteBillScenarioCommitmentModification
            BatchDeleteBillScenarioUsageModification BatchDeleteWorkloadEstimateUsage
            BatchUpdateBillScenarioCommitmentModification BatchUpdateBillScenarioUsageModification
            BatchUpdateWorkloadEstimateUsage;
    }
    "bedrock" {
        "errors" Items: BatchDeleteAdvancedPromptOptimizationJob BatchDeleteEvaluationJob;
    }
    "bedrock-agentcore" {
        "evaluationResults[].errorCode" Present: Evaluate;
        "failedRecords" Items: BatchCreateMemoryRecords BatchDeleteMemoryRecords BatchUpdateMemoryRecords;
    }
    "billing" {
        "failedMonths" Items: GetCreditAllocationHistory;
    }
    "billingconductor" {
        "FailedAssociatedResources" Items: BatchAssociateResourcesToCustomLineItem;
        "FailedDisassociatedResources" Items: BatchDisassociateResourcesFromCustomLineItem;
    }
    "ce" {
        "Errors" Items: UpdateCostAllocationTagsStatus;
    }
    "chime" {
        "Errors" Items: BatchCreateRoomMembership;
        "PhoneNumberErrors" Items: BatchDeletePhoneNumber BatchUpdatePhoneNumber;
        "UserErrors" Items: BatchSuspendUser BatchUnsuspendUser BatchUpdateUser;
    }
    "chime-sdk-meetings" {
        "Errors" Items: BatchCreateAttendee CreateMeetingWithAttendees;
    }
    "chime-sdk-messaging" {
        "Errors" Items: BatchCreateChannelMembership;
    }
    "chime-sdk-voice" {
        "PhoneNumberErrors" Items: AssociatePhoneNumbersWithVoiceConnector
            AssociatePhoneNumbersWithVoiceConnectorGroup BatchDeletePhoneNumber BatchUpdatePhoneNumber
            DisassociatePhoneNumbersFromVoiceConnector DisassociatePhoneNumbersFromVoiceConnectorGroup;
    }
    "cleanrooms" {
        "errors" Items: BatchGetCollaborationAnalysisTemplate BatchGetSchema BatchGetSchemaAnalysisRule;
    }
    "clouddirectory" {
        "Responses[].ExceptionResponse" Present: BatchRead;
    }
    "cloudformation" {
        "Errors" Items: BatchDescribeTypeConfigurations;
        "UnprocessedTypeConfigurations" Items: BatchDescribeTypeConfigurations;
    }
    "cloudtrail-data" {
        "failed" Items: PutAuditEvents;
    }
    "cloudwatch" {
        "Failures" Items: DeleteInsightRules DisableInsightRules EnableInsightRules PutManagedInsightRules;
        "MetricDataResults[].StatusCode" METRIC_REFUSED: GetMetricData;
    }
    "codeartifact" {
        "failedVersions" Items: CopyPackageVersions DeletePackageVersions DisposePackageVersions
            UpdatePackageVersionsStatus;
    }
    "codebuild" {
        "buildBatchesNotFound" Items: BatchGetBuildBatches;
        "buildsNotDeleted" Items: BatchDeleteBuilds DeleteBuildBatch;
        "buildsNotFound" Items: BatchGetBuilds;
        "commandExecutionsNotFound" Items: BatchGetCommandExecutions;
        "fleetsNotFound" Items: BatchGetFleets;
        "projectsNotFound" Items: BatchGetProjects;
        "reportGroupsNotFound" Items: BatchGetReportGroups;
        "reportsNotFound" Items: BatchGetReports;
        "sandboxesNotFound" Items: BatchGetSandboxes;
    }
    "codecommit" {
        "errors" Items: BatchAssociateApprovalRuleTemplateWithRepositories BatchDescribeMergeConflicts
            BatchDisassociateApprovalRuleTemplateFromRepositories BatchGetCommits BatchGetRepositories;
        "failedExecutions" Items: TestRepositoryTriggers;
        "repositoriesNotFound" Items: BatchGetRepositories;
    }
    "codedeploy" {
        "errorMessage" Present: BatchGetApplicationRevisions BatchGetDeploymentGroups BatchGetDeploymentInstances;
        "hooksNotCleanedUp" Items: DeleteDeploymentGroup UpdateDeploymentGroup;
    }
    "codeguru-security" {
        "failedFindings" Items: BatchGetFindings;
    }
    "codeguruprofiler" {
        "unprocessedEndTimes" Items: BatchGetFrameMetricData;
    }
    "cognito-identity" {
        "UnprocessedIdentityIds" Items: DeleteIdentities;
    }
    "comprehend" {
        "ErrorList" Items: BatchDetectDominantLanguage BatchDetectEntities BatchDetectKeyPhrases BatchDetectSentiment
            BatchDetectSyntax BatchDetectTargetedSentiment;
        "Errors" Items: ClassifyDocument DetectEntities;
    }
    "compute-optimizer" {
        "errors" Items: GetAutoScalingGroupRecommendations GetEBSVolumeRecommendations GetEC2InstanceRecommendations
            GetECSServiceRecommendations GetIdleRecommendations GetLicenseRecommendations
            GetRDSDatabaseRecommendations;
    }
    "compute-optimizer-automation" {
        "errors" Items: AssociateAccounts DisassociateAccounts;
    }
    "config" {
        "FailedBatches" Items: DeleteRemediationExceptions PutRemediationConfigurations PutRemediationExceptions;
        "FailedEvaluations" Items: PutEvaluations;
        "FailedItems" Items: StartRemediationExecution;
        "UnprocessedResourceIdentifiers" Items: BatchGetAggregateResourceConfig;
        "unprocessedResourceKeys" Items: BatchGetResourceConfig;
    }
    "connect" {
        "Errors" Items: BatchAssociateAnalyticsDataSet BatchDisassociateAnalyticsDataSet BatchGetAttachedFileMetadata;
        "Failed" Items: BatchCreateDataTableValue BatchDeleteDataTableValue BatchDescribeDataTableValue
            BatchUpdateDataTableValue;
        "FailedList" Items: AssociateWorkspace DisassociateWorkspace;
        "FailedRequestList" Items: BatchPutContact;
        "Values[].Error" True: EvaluateDataTableValues;
    }
    "connectcampaigns" {
        "failedRequests" Items: GetCampaignStateBatch PutDialRequestBatch;
    }
    "connectcampaignsv2" {
        "failedRequests" Items: GetCampaignStateBatch PutOutboundRequestBatch PutProfileOutboundRequestBatch;
    }
    "connectcases" {
        "errors" Items: BatchGetCaseRule BatchGetField BatchPutFieldOptions;
        "unprocessedCaseRules" Items: BatchGetCaseRule;
    }
    "customer-profiles" {
        "Errors" Items: BatchGetCalculatedAttributeForProfile BatchGetProfile;
        "Failed" Items: BatchPutProfileObject;
        "Failures" Items: GetSegmentMembership;
    }
}
