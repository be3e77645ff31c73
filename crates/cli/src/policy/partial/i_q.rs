//! Members that report partial failures: services from I to Q.

use super::rows;

rows! {
    "inspector" {
        "failedItems" Items: AddAttributesToFindings DescribeAssessmentRuns DescribeAssessmentTargets
            DescribeAssessmentTemplates DescribeExclusions DescribeFindings DescribeResourceGroups
            DescribeRulesPackages RemoveAttributesFromFindings;
    }
    "inspector2" {
        "errors" Items: BatchGetCodeSnippet BatchGetFindingDetails;
        "failedAccountIds" Items: BatchGetMemberEc2DeepInspectionStatus BatchUpdateMemberEc2DeepInspectionStatus;
        "failedAccounts" Items: BatchGetAccountStatus BatchGetFreeTrialInfo Disable Enable;
        "failedAssociations" Items: BatchAssociateCodeSecurityScanConfiguration
            BatchDisassociateCodeSecurityScanConfiguration;
    }
    "iotfleetwise" {
        "errors" Items: BatchCreateVehicle BatchUpdateVehicle;
    }
    "iotsitewise" {
        "errorEntries" Items: BatchGetAssetPropertyAggregates BatchGetAssetPropertyValue
            BatchGetAssetPropertyValueHistory BatchPutAssetPropertyValue;
        "errors" Items: BatchAssociateProjectAssets BatchDeleteDatasetDataSegments BatchDisassociateProjectAssets;
        "failedAssociations" Items: BatchAssociateDataSegmentsToDataset;
        "failedDisassociations" Items: BatchDisassociateDataSegmentsFromDataset;
        "skippedEntries" Items: BatchGetAssetPropertyAggregates BatchGetAssetPropertyValue
            BatchGetAssetPropertyValueHistory;
    }
    "iottwinmaker" {
        "errorEntries" Items: BatchPutPropertyValues;
    }
    "ivs" {
        "errors" Items: BatchGetChannel BatchGetStreamKey BatchStartViewerSessionRevocation;
    }
    "kafka" {
        "UnprocessedScramSecrets" Items: BatchAssociateScramSecret BatchDisassociateScramSecret;
    }
    "kendra" {
        "Errors" Items: BatchDeleteFeaturedResultsSet BatchGetDocumentStatus;
        "FailedDocuments" Items: BatchDeleteDocument BatchPutDocument;
        "FailedEntityList" Items: AssociateEntitiesToExperience AssociatePersonasToEntities
            DisassociateEntitiesFromExperience DisassociatePersonasFromEntities;
    }
    "kinesis" {
        "FailedRecordCount" Number: PutRecords;
    }
    "lakeformation" {
        "Failures" Items: AddLFTagsToResource BatchGrantPermissions BatchRevokePermissions RemoveLFTagsFromResource;
    }
    "lambda" {
        "FunctionError" Function: Invoke;
        "TagsError" Present: GetFunction;
    }
    "lambda-web" {
        "errors" Items: CreateWebFunctionRevision;
    }
    "lexv2-models" {
        "errors" Items: BatchCreateCustomVocabularyItem BatchDeleteCustomVocabularyItem
            BatchUpdateCustomVocabularyItem;
    }
    "location" {
        "Errors" Items: BatchDeleteDevicePositionHistory BatchDeleteGeofence BatchEvaluateGeofences
            BatchGetDevicePosition BatchPutGeofence BatchUpdateDevicePosition;
    }
    "logs" {
        "rejectedEntityInfo" Present: PutLogEvents;
        "rejectedLogEventsInfo" Present: PutLogEvents;
    }
    "macie2" {
        "errors" Items: BatchUpdateAutomatedDiscoveryAccounts;
        "notFoundIdentifierIds" Items: BatchGetCustomDataIdentifiers;
        "unprocessedAccounts" Items: CreateInvitations DeclineInvitations DeleteInvitations;
    }
    "managedblockchain-query" {
        "errors" Items: BatchGetTokenBalance;
    }
    "marketplace-agreement" {
        "errors" Items: BatchCreateBillingAdjustmentRequest;
    }
    "marketplace-catalog" {
        "Errors" Items: BatchDescribeEntities;
    }
    "mediaconnect" {
        "Errors" Items: BatchGetRouterInput BatchGetRouterNetworkInterface BatchGetRouterOutput;
        "NonDeletedNetworkInterfaceIds" Items: RemoveFlowVpcInterface;
    }
    "medialive" {
        "Failed" Items: BatchDelete BatchStart BatchStop;
    }
    "memorydb" {
        "UnprocessedClusters" Items: BatchUpdateCluster;
    }
    "meteringmarketplace" {
        "UnprocessedRecords" Items: BatchMeterUsage;
    }
    "mturk" {
        "NotifyWorkersFailureStatuses" Items: NotifyWorkers;
    }
    "omics" {
        "errors" Items: BatchDeleteReadSet DeleteAnnotationStoreVersions;
    }
    "opensearch" {
        "VpcEndpointErrors" Items: DescribeVpcEndpoints;
    }
    "opensearchserverless" {
        "collectionErrorDetails" Items: BatchGetCollection;
        "collectionGroupErrorDetails" Items: BatchGetCollectionGroup;
        "effectiveLifecyclePolicyErrorDetails" Items: BatchGetEffectiveLifecyclePolicy;
        "lifecyclePolicyErrorDetails" Items: BatchGetLifecyclePolicy;
        "vpcEndpointErrorDetails" Items: BatchGetVpcEndpoint;
    }
    "pinpoint" {
        "EventsResponse.Results{}.EndpointItemResponse.StatusCode" Status: PutEvents;
        "EventsResponse.Results{}.EventsItemResponse{}.StatusCode" Status: PutEvents;
        "MessageResponse.EndpointResult{}.StatusCode" Status: SendMessages SendOTPMessage;
        "MessageResponse.Result{}.StatusCode" Status: SendMessages SendOTPMessage;
        "SendUsersMessageResponse.Result{}{}.StatusCode" Status: SendUsersMessages;
    }
    "qbusiness" {
        "failedAttachments" Items: ChatSync;
        "failedDocuments" Items: BatchDeleteDocument BatchPutDocument;
    }
    "qconnect" {
        "errors" Items: NotifyRecommendationsReceived Retrieve;
    }
    "quicksight" {
        "Errors" Items: BatchDeleteKnowledgeBase;
        "FailedKeyRegistration" Items: UpdateKeyRegistration;
        "FailedResourceOperations" Items: UpdateSpaceResources;
        "FailedToAddActionConnectors" Items: UpdateAgent;
        "FailedToAddSpaces" Items: UpdateAgent;
        "FailedToRemoveActionConnectors" Items: UpdateAgent;
        "FailedToRemoveSpaces" Items: UpdateAgent;
        "InvalidAnswers" Items: BatchCreateTopicReviewedAnswer BatchDeleteTopicReviewedAnswer;
        "RestorationFailedFolderArns" Items: RestoreAnalysis;
        "errors" Items: BatchDescribeUserLimits;
    }
}
