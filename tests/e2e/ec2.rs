//! The ec2 protocol.

use crate::servers::{moto, run};

#[test]
fn vpcs() {
    let aws = moto().with("AWS_DEFAULT_REGION", "eu-central-1");
    run(&aws, &["ec2", "create-vpc", "--cidr-block", "10.1.0.0/16", "--query", "Vpc.CidrBlock"])
        .check("exit 0\n--- stdout\n\"10.1.0.0/16\"");
    let filters = r#"[{"Name": "cidr", "Values": ["10.1.0.0/16", "10.2.0.0/16"]}]"#;
    run(&aws, &["ec2", "describe-vpcs", "--filters", filters]).check(
        r#"
exit 0
--- stdout
{
    "Vpcs": [
        {
            "OwnerId": "123456789012",
            "InstanceTenancy": "default",
            "Ipv6CidrBlockAssociationSet": [],
            "CidrBlockAssociationSet": [
                {
                    "AssociationId": "vpc-cidr-assoc-[..]",
                    "CidrBlock": "10.1.0.0/16",
                    "CidrBlockState": {
                        "State": "associated"
                    }
                }
            ],
            "IsDefault": false,
            "Tags": [],
            "VpcId": "vpc-[..]",
            "State": "available",
            "CidrBlock": "10.1.0.0/16",
            "DhcpOptionsId": "default"
        }
    ]
}
"#,
    );
}

#[test]
fn an_instance_that_is_not_there() {
    run(&moto(), &["ec2", "describe-instances", "--instance-ids", "i-0123456789abcdef0"]).check(
        "
exit 254
--- stderr

aws: [ERROR]: An error occurred (InvalidInstanceID.NotFound) when calling the DescribeInstances operation: The instance ID 'i-0123456789abcdef0' does not exist
",
    );
}
