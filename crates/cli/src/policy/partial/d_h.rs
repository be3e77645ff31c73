//! Members that report partial failures: services from D to H.

use super::rows;

rows! {
    "databrew" {
        "Errors" Items: BatchDeleteRecipeVersion;
    }
    "datapipeline" {
        "validationErrors" Items: PutPipelineDefinition;
    }
    "datazone" {
        "errors" Items: BatchGetAttributesMetadata BatchPutAttributesMetadata;
    }
    "deadline" {
        "errors" Items: BatchGetJob BatchGetJobEntity BatchGetSession BatchGetSessionAction BatchGetStep BatchGetTask
            BatchGetWorker BatchUpdateJob BatchUpdateTask;
    }
    "detective" {
        "UnprocessedAccounts" Items: BatchGetGraphMemberDatasources CreateMembers DeleteMembers GetMembers;
        "UnprocessedGraphs" Items: BatchGetMembershipDatasources;
    }
    "discovery" {
        "agentsConfigurationStatus[].operationSucceeded" False: StartDataCollectionByAgentIds
            StopDataCollectionByAgentIds;
        "errors" Items: BatchDeleteAgents BatchDeleteImportData;
    }
    "dms" {
        "ErrorEntries" Items: BatchStartRecommendations;
    }
    "dynamodb" {
        "Responses[].Error" Present: BatchExecuteStatement;
        "UnprocessedItems" Items: BatchWriteItem;
        "UnprocessedKeys" Items: BatchGetItem;
    }
    "ec2" {
        "DeleteSnapshotResults[].ReturnCode" SNAPSHOT_KEPT: DeregisterImage;
        "Errors" Items: CreateFleet;
        "FailedFleetCancellations" Items: CancelCapacityReservationFleets;
        "FailedQueuedPurchaseDeletions" Items: DeleteQueuedReservedInstances;
        "UnknownIpPermissions" Items: RevokeSecurityGroupEgress RevokeSecurityGroupIngress;
        "Unsuccessful" Items: AcceptVpcEndpointConnections CreateFlowLogs DeleteFlowLogs
            DeleteVpcEndpointConnectionNotifications DeleteVpcEndpointServiceConfigurations DeleteVpcEndpoints
            DisableFastSnapshotRestores EnableFastSnapshotRestores ModifyHosts RejectVpcEndpointConnections
            ReleaseHosts;
        "UnsuccessfulFleetDeletions" Items: DeleteFleets;
        "UnsuccessfulFleetRequests" Items: CancelSpotFleetRequests;
        "UnsuccessfulInstanceCreditSpecifications" Items: ModifyInstanceCreditSpecification;
        "UnsuccessfulResults" Items: AssociateApplicationStatusCheck DisableApplicationStatusCheckSuppression
            DisassociateApplicationStatusCheck EnableApplicationStatusCheckSuppression;
        "UnsuccessfullyDeletedLaunchTemplateVersions" Items: DeleteLaunchTemplateVersions;
    }
    "ecr" {
        "failures" Items: BatchCheckLayerAvailability BatchDeleteImage BatchGetImage
            BatchGetRepositoryScanningConfiguration;
    }
    "ecr-public" {
        "failures" Items: BatchCheckLayerAvailability BatchDeleteImage;
    }
    "ecs" {
        "failures" Items: DeleteTaskDefinitions DescribeCapacityProviders DescribeClusters DescribeContainerInstances
            DescribeDaemonDeployments DescribeDaemonRevisions DescribeServiceDeployments DescribeServiceRevisions
            DescribeServices DescribeTaskSets DescribeTasks GetTaskProtection RunTask StartTask
            UpdateContainerInstancesState UpdateTaskProtection;
    }
    "elasticache" {
        "UnprocessedUpdateActions" Items: BatchApplyUpdateAction BatchStopUpdateAction;
    }
    "entityresolution" {
        "errors" Items: BatchDeleteUniqueId;
        "failedRecords" Items: GenerateMatchId;
    }
    "es" {
        "VpcEndpointErrors" Items: DescribeVpcEndpoints;
    }
    "eventbridgev2" {
        "FailedEntryCount" Number: PutEvents PutRawEvents;
    }
    "events" {
        "FailedEntries" Items: PutTargets RemoveTargets;
        "FailedEntryCount" Number: PutEvents PutPartnerEvents PutTargets RemoveTargets;
    }
    "firehose" {
        "FailedPutCount" Number: PutRecordBatch;
    }
    "fms" {
        "FailedItems" Items: BatchAssociateResource BatchDisassociateResource;
    }
    "frauddetector" {
        "errors" Items: BatchCreateVariable BatchGetVariable;
    }
    "geo-routes" {
        "ErrorCount" Number: CalculateRouteMatrix;
    }
    "glue" {
        "CrawlersNotFound" Items: BatchGetCrawlers;
        "CustomEntityTypesNotFound" Items: BatchGetCustomEntityTypes;
        "DevEndpointsNotFound" Items: BatchGetDevEndpoints;
        "Errors" Items: BatchCreatePartition BatchDeleteConnection BatchDeletePartition BatchDeleteTable
            BatchDeleteTableVersion BatchGetIterableForms BatchStopJobRun BatchUpdatePartition
            GetColumnStatisticsForPartition GetColumnStatisticsForTable UpdateColumnStatisticsForPartition
            UpdateColumnStatisticsForTable;
        "FailedInclusionAnnotations" Items: BatchPutDataQualityStatisticAnnotation;
        "Failures" Items: BatchGetTableOptimizer;
        "JobsNotFound" Items: BatchGetJobs;
        "MissingBlueprints" Items: BatchGetBlueprints;
        "MissingWorkflows" Items: BatchGetWorkflows;
        "ResultsNotFound" Items: BatchGetDataQualityResult BatchGetDataQualityResultV2;
        "RunsNotFound" Items: BatchGetDataQualityRulesetEvaluationRun;
        "SchemaVersionErrors" Items: DeleteSchemaVersions;
        "TriggersNotFound" Items: BatchGetTriggers;
        "UnprocessedKeys" Items: BatchGetPartition;
    }
    "grafana" {
        "errors" Items: UpdatePermissions;
    }
    "greengrassv2" {
        "errorEntries" Items: BatchAssociateClientDeviceWithCoreDevice BatchDisassociateClientDeviceFromCoreDevice;
    }
    "guardduty" {
        "UnprocessedAccounts" Items: CreateMembers DeclineInvitations DeleteInvitations DeleteMembers
            DisassociateMembers GetMemberDetectors GetMembers GetRemainingFreeTrialDays InviteMembers
            StartMonitoringMembers StopMonitoringMembers UpdateMemberDetectors;
        "UnprocessedDataSources" Present: CreateDetector;
    }
    "health" {
        "failedSet" Items: DescribeAffectedEntitiesForOrganization DescribeEventDetails
            DescribeEventDetailsForOrganization;
    }
}
