//! What the structures of the options are made of: a table.

use oxaws_cli::written::schema::{Field, Schema};

/// The volumes of an instance.
const EBS_CONFIGURATION: Schema = Schema::Structure(&[
    Field::new("EbsOptimized", Schema::Bool),
    Field::new(
        "EbsBlockDeviceConfigs",
        Schema::List(&Schema::Structure(&[
            Field::new(
                "VolumeSpecification",
                Schema::Structure(&[
                    Field::required("VolumeType", Schema::Text),
                    Field::required("SizeInGB", Schema::Int),
                    Field::new("Iops", Schema::Int),
                    Field::new("Throughput", Schema::Int),
                ]),
            ),
            Field::new("VolumesPerInstance", Schema::Int),
        ])),
    ),
]);

/// Settings of applications, which may hold further settings.
const CONFIGURATIONS: Schema = Schema::List(&Schema::Structure(&[
    Field::new("Classification", Schema::Text),
    Field::new("Properties", Schema::Map(&Schema::Text)),
    Field::new(
        "Configurations",
        Schema::List(&Schema::Structure(&[
            Field::new("Classification", Schema::Text),
            Field::new("Properties", Schema::Map(&Schema::Text)),
        ])),
    ),
]));

/// `--instance-groups`
pub const INSTANCE_GROUPS: Schema = Schema::List(&Schema::Structure(&[
    Field::new("Name", Schema::Text),
    Field::required("InstanceGroupType", Schema::Text),
    Field::new("BidPrice", Schema::Text),
    Field::required("InstanceType", Schema::Text),
    Field::required("InstanceCount", Schema::Int),
    Field::new("CustomAmiId", Schema::Text),
    Field::new("EbsConfiguration", EBS_CONFIGURATION),
    Field::new(
        "AutoScalingPolicy",
        Schema::Structure(&[
            Field::new(
                "Constraints",
                Schema::Structure(&[Field::new("MinCapacity", Schema::Int), Field::new("MaxCapacity", Schema::Int)]),
            ),
            Field::new(
                "Rules",
                Schema::List(&Schema::Structure(&[
                    Field::new("Name", Schema::Text),
                    Field::new("Description", Schema::Text),
                    Field::new(
                        "Action",
                        Schema::Structure(&[
                            Field::new("Market", Schema::Text),
                            Field::new(
                                "SimpleScalingPolicyConfiguration",
                                Schema::Structure(&[
                                    Field::new("AdjustmentType", Schema::Text),
                                    Field::new("ScalingAdjustment", Schema::Int),
                                    Field::new("CoolDown", Schema::Int),
                                ]),
                            ),
                        ]),
                    ),
                    Field::new(
                        "Trigger",
                        Schema::Structure(&[Field::new(
                            "CloudWatchAlarmDefinition",
                            Schema::Structure(&[
                                Field::new("ComparisonOperator", Schema::Text),
                                Field::new("EvaluationPeriods", Schema::Int),
                                Field::new("MetricName", Schema::Text),
                                Field::new("Namespace", Schema::Text),
                                Field::new("Period", Schema::Int),
                                Field::new("Statistic", Schema::Text),
                                Field::new("Threshold", Schema::Float),
                                Field::new("Unit", Schema::Text),
                                Field::new(
                                    "Dimensions",
                                    Schema::List(&Schema::Structure(&[
                                        Field::new("Key", Schema::Text),
                                        Field::new("Value", Schema::Text),
                                    ])),
                                ),
                            ]),
                        )]),
                    ),
                ])),
            ),
        ]),
    ),
    Field::new("Configurations", CONFIGURATIONS),
]));

/// `--instance-fleets`
pub const INSTANCE_FLEETS: Schema = Schema::List(&Schema::Structure(&[
    Field::new("Name", Schema::Text),
    Field::required("InstanceFleetType", Schema::Text),
    Field::new("TargetOnDemandCapacity", Schema::Int),
    Field::new("TargetSpotCapacity", Schema::Int),
    Field::new(
        "InstanceTypeConfigs",
        Schema::List(&Schema::Structure(&[
            Field::required("InstanceType", Schema::Text),
            Field::new("WeightedCapacity", Schema::Int),
            Field::new("BidPrice", Schema::Text),
            Field::new("BidPriceAsPercentageOfOnDemandPrice", Schema::Float),
            Field::new("CustomAmiId", Schema::Text),
            Field::new("Priority", Schema::Float),
            Field::new("EbsConfiguration", EBS_CONFIGURATION),
            Field::new("Configurations", CONFIGURATIONS),
        ])),
    ),
    Field::new(
        "LaunchSpecifications",
        Schema::Structure(&[
            Field::new(
                "OnDemandSpecification",
                Schema::Structure(&[
                    Field::new("AllocationStrategy", Schema::Text),
                    Field::new(
                        "CapacityReservationOptions",
                        Schema::Structure(&[
                            Field::new("UsageStrategy", Schema::Text),
                            Field::new("CapacityReservationPreference", Schema::Text),
                            Field::new("CapacityReservationResourceGroupArn", Schema::Text),
                        ]),
                    ),
                ]),
            ),
            Field::new(
                "SpotSpecification",
                Schema::Structure(&[
                    Field::new("TimeoutDurationMinutes", Schema::Int),
                    Field::new("TimeoutAction", Schema::Text),
                    Field::new("BlockDurationMinutes", Schema::Int),
                    Field::new("AllocationStrategy", Schema::Text),
                ]),
            ),
        ]),
    ),
    Field::new(
        "ResizeSpecifications",
        Schema::Structure(&[
            Field::new(
                "SpotResizeSpecification",
                Schema::Structure(&[
                    Field::new("TimeoutDurationMinutes", Schema::Int),
                    Field::new("AllocationStrategy", Schema::Text),
                ]),
            ),
            Field::new(
                "OnDemandResizeSpecification",
                Schema::Structure(&[
                    Field::new("TimeoutDurationMinutes", Schema::Int),
                    Field::new("AllocationStrategy", Schema::Text),
                    Field::new(
                        "CapacityReservationOptions",
                        Schema::Structure(&[
                            Field::new("UsageStrategy", Schema::Text),
                            Field::new("CapacityReservationPreference", Schema::Text),
                            Field::new("CapacityReservationResourceGroupArn", Schema::Text),
                        ]),
                    ),
                ]),
            ),
        ]),
    ),
    Field::new("Context", Schema::Text),
]));

/// `--ec2-attributes`
pub const EC2_ATTRIBUTES: Schema = Schema::Structure(&[
    Field::new("KeyName", Schema::Text),
    Field::new("SubnetId", Schema::Text),
    Field::new("SubnetIds", Schema::List(&Schema::Text)),
    Field::new("AvailabilityZone", Schema::Text),
    Field::new("AvailabilityZones", Schema::List(&Schema::Text)),
    Field::new("InstanceProfile", Schema::Text),
    Field::new("EmrManagedMasterSecurityGroup", Schema::Text),
    Field::new("EmrManagedSlaveSecurityGroup", Schema::Text),
    Field::new("ServiceAccessSecurityGroup", Schema::Text),
    Field::new("AdditionalMasterSecurityGroups", Schema::List(&Schema::Text)),
    Field::new("AdditionalSlaveSecurityGroups", Schema::List(&Schema::Text)),
]);

/// `--applications`
pub const APPLICATIONS: Schema = Schema::List(&Schema::Structure(&[
    Field::required("Name", Schema::Text),
    Field::new("Args", Schema::List(&Schema::Text)),
]));

/// `--bootstrap-actions`
pub const BOOTSTRAP_ACTIONS: Schema = Schema::List(&Schema::Structure(&[
    Field::new("Name", Schema::Text),
    Field::required("Path", Schema::Text),
    Field::new("Args", Schema::List(&Schema::Text)),
]));

/// `--steps`
pub const STEPS: Schema = Schema::List(&Schema::Structure(&[
    Field::new("Type", Schema::Text),
    Field::new("Name", Schema::Text),
    Field::new("ActionOnFailure", Schema::Text),
    Field::new("Jar", Schema::Text),
    Field::new("Args", Schema::List(&Schema::Text)),
    Field::new("MainClass", Schema::Text),
    Field::new("Properties", Schema::Text),
    Field::new("LogUri", Schema::Text),
    Field::new("EncryptionKeyArn", Schema::Text),
]));

/// `--restore-from-hbase-backup`
pub const HBASE_RESTORE_FROM_BACKUP: Schema =
    Schema::Structure(&[Field::new("Dir", Schema::Text), Field::new("BackupVersion", Schema::Text)]);

/// `--emrfs`
pub const EMR_FS: Schema = Schema::Structure(&[
    Field::new("Consistent", Schema::Bool),
    Field::new("SSE", Schema::Bool),
    Field::new("RetryCount", Schema::Int),
    Field::new("RetryPeriod", Schema::Int),
    Field::new("Args", Schema::List(&Schema::Text)),
    Field::new("Encryption", Schema::Text),
    Field::new("ProviderType", Schema::Text),
    Field::new("KMSKeyId", Schema::Text),
    Field::new("CustomProviderLocation", Schema::Text),
    Field::new("CustomProviderClass", Schema::Text),
]);

/// `--kerberos-attributes`
pub const KERBEROS_ATTRIBUTES: Schema = Schema::Structure(&[
    Field::new("Realm", Schema::Text),
    Field::new("KdcAdminPassword", Schema::Text).secret(),
    Field::new("CrossRealmTrustPrincipalPassword", Schema::Text).secret(),
    Field::new("ADDomainJoinUser", Schema::Text),
    Field::new("ADDomainJoinPassword", Schema::Text).secret(),
]);

/// `--managed-scaling-policy`
pub const MANAGED_SCALING_POLICY: Schema = Schema::Structure(&[
    Field::new(
        "ComputeLimits",
        Schema::Structure(&[
            Field::required("MinimumCapacityUnits", Schema::Int),
            Field::required("MaximumCapacityUnits", Schema::Int),
            Field::new("MaximumOnDemandCapacityUnits", Schema::Int),
            Field::required("UnitType", Schema::Text),
            Field::new("MaximumCoreCapacityUnits", Schema::Int),
        ]),
    ),
    Field::new("ScalingStrategy", Schema::Text),
    Field::new("UtilizationPerformanceIndex", Schema::Int),
]);

/// `--placement-group-configs`
pub const PLACEMENT_GROUP_CONFIGS: Schema = Schema::List(&Schema::Structure(&[
    Field::required("InstanceRole", Schema::Text),
    Field::new("PlacementStrategy", Schema::Text),
]));

/// `--auto-termination-policy`
pub const AUTO_TERMINATION_POLICY: Schema = Schema::Structure(&[Field::new("IdleTimeout", Schema::Int)]);

/// `--monitoring-configuration`
pub const MONITORING_CONFIGURATION: Schema = Schema::Structure(&[
    Field::new(
        "CloudWatchLogConfiguration",
        Schema::Structure(&[
            Field::required("Enabled", Schema::Bool),
            Field::new("LogGroupName", Schema::Text),
            Field::new("LogStreamNamePrefix", Schema::Text),
            Field::new("EncryptionKeyArn", Schema::Text),
            Field::new("LogTypes", Schema::Map(&Schema::List(&Schema::Text))),
        ]),
    ),
    Field::new(
        "S3LoggingConfiguration",
        Schema::Structure(&[Field::new("LogTypeUploadPolicy", Schema::Map(&Schema::Text))]),
    ),
]);
