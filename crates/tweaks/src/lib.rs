//! What the AWS CLI makes of the generated commands: names, arguments, parameters and replies that differ from the models.
//!
//! Three tables and one file per customisation. Every file is listed here by hand, and every row of the inventory
//! (`inventory.txt`) names the file that holds it.

mod arg_renames;
mod arguments;
mod cloudfront;
mod cloudsearch;
mod cloudsearchdomain;
mod cloudwatch_metric;
mod configservice_recorder;
mod datapipeline;
mod deploy_locations;
mod ec2_booleans;
mod ec2_bundle_instance;
mod ec2_network_acl;
mod ec2_page_size;
mod ec2_password_data;
mod ec2_run_instances;
mod ec2_security_group;
mod ecs_monitor;
mod emr_configured;
mod emr_list_clusters;
mod emr_tags;
mod hoisted_blob;
mod iam_virtual_mfa;
mod iot_outfiles;
mod kinesis;
mod lambda_zip_file;
mod operation_renames;
mod outfile;
mod quicksight;
mod rds_options;
mod rekognition_image_bytes;
mod removals;
mod rsa;
mod s3api_select;
mod ses_send_email;
mod translate;

use oxaws_cli::plug::registry::{ArgRename, OperationRename, Removal, Tweak};

/// Operations that are no commands.
pub static REMOVALS: &[Removal] = removals::REMOVALS;
/// Operations under another name.
pub static RENAMES: &[OperationRename] = operation_renames::RENAMES;
/// Arguments under another name.
pub static ARG_RENAMES: &[ArgRename] = arg_renames::ARG_RENAMES;
/// Customisations. Those of one operation stand before those of its whole service, as the AWS CLI runs them.
pub static TWEAKS: &[Tweak] = &JOINED;

/// One list per file. The order counts only within a service.
const LISTS: &[&[Tweak]] = &[
    cloudfront::TWEAKS,
    cloudsearch::TWEAKS,
    cloudsearchdomain::TWEAKS,
    cloudwatch_metric::TWEAKS,
    configservice_recorder::TWEAKS,
    datapipeline::TWEAKS,
    deploy_locations::TWEAKS,
    ec2_bundle_instance::TWEAKS,
    ec2_network_acl::TWEAKS,
    ec2_page_size::TWEAKS,
    ec2_password_data::TWEAKS,
    ec2_run_instances::TWEAKS,
    ec2_security_group::TWEAKS,
    ec2_booleans::TWEAKS,
    ecs_monitor::TWEAKS,
    emr_list_clusters::TWEAKS,
    emr_tags::TWEAKS,
    emr_configured::TWEAKS,
    iam_virtual_mfa::TWEAKS,
    iot_outfiles::TWEAKS,
    kinesis::TWEAKS,
    lambda_zip_file::TWEAKS,
    quicksight::TWEAKS,
    rds_options::TWEAKS,
    rekognition_image_bytes::TWEAKS,
    s3api_select::TWEAKS,
    ses_send_email::TWEAKS,
    translate::TWEAKS,
];

const COUNT: usize = {
    let (mut count, mut list) = (0, 0);
    while list < LISTS.len() {
        count += LISTS[list].len();
        list += 1;
    }
    count
};

static JOINED: [Tweak; COUNT] = {
    let mut joined = [LISTS[0][0]; COUNT];
    let (mut at, mut list) = (0, 0);
    while list < LISTS.len() {
        let mut row = 0;
        while row < LISTS[list].len() {
            joined[at] = LISTS[list][row];
            at += 1;
            row += 1;
        }
        list += 1;
    }
    joined
};

#[cfg(test)]
mod tests;
