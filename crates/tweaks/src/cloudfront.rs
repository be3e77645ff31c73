//! `cloudfront`: invalidations and distributions by simple options.

use crate::arguments::{exclusive, items, map, missing_key, optional, text, tweak, words};
use oxaws_cli::failure::Failure;
use oxaws_cli::plug::argtable::{Arg, ArgTable, Target};
use oxaws_cli::plug::call::OperationCall;
use oxaws_cli::plug::registry::{Hook, Tweak};
use oxaws_client::ClientOptions;
use oxaws_env::World;
use oxaws_model::Operation;
use oxaws_value::{Map, Value};

pub(crate) const TWEAKS: &[Tweak] = &[
    tweak("cloudfront", "create-invalidation", Hook::Arguments(invalidation_arguments)),
    tweak("cloudfront", "create-invalidation", Hook::Parsed(check_invalidation)),
    tweak("cloudfront", "create-distribution", Hook::Arguments(create_arguments)),
    tweak("cloudfront", "create-distribution", Hook::Parsed(check_create)),
    tweak("cloudfront", "update-distribution", Hook::Arguments(update_arguments)),
    tweak("cloudfront", "update-distribution", Hook::Parsed(check_update)),
];

const CONFIG: &str = "DistributionConfig";

fn invalidation_arguments(table: &mut ArgTable, _: Operation) {
    optional(table, &["invalidation-batch"]);
    table.insert(Arg {
        target: Target::Call(paths),
        ..words("paths", "The paths to invalidate, in place of --invalidation-batch.")
    });
}

fn check_invalidation(call: &mut OperationCall) -> Result<(), Failure> {
    exclusive(call, &[&["invalidation_batch"], &["paths"]])
}

fn create_arguments(table: &mut ArgTable, _: Operation) {
    optional(table, &["distribution-config"]);
    table.insert(Arg {
        target: Target::Call(origin),
        ..Arg::text("origin-domain-name", "The domain name of the origin, in place of --distribution-config.")
    });
    table.insert(Arg {
        target: Target::Call(root_object),
        ..Arg::text(
            "default-root-object",
            "What is returned for a request of the root URL; goes with --origin-domain-name, not --distribution-config.",
        )
    });
}

fn check_create(call: &mut OperationCall) -> Result<(), Failure> {
    exclusive(call, &[&["default_root_object", "origin_domain_name"], &["distribution_config"]])
}

fn update_arguments(table: &mut ArgTable, _: Operation) {
    optional(table, &["distribution-config"]);
    table.insert(Arg {
        target: Target::Call(new_root_object),
        ..Arg::text(
            "default-root-object",
            "What is returned for a request of the root URL; the rest of the distribution is asked for and stays.",
        )
    });
}

fn check_update(call: &mut OperationCall) -> Result<(), Failure> {
    exclusive(call, &[&["default_root_object"], &["distribution_config"]])
}

/// A text no one used before, most likely: a prefix, the time and a random number.
fn unique(world: &dyn World, prefix: &str) -> String {
    let mut random = [0u8; 4];
    world.random(&mut random);
    format!("{prefix}-{}-{}", world.now().secs(), u32::from_le_bytes(random) % 1_000_000 + 1)
}

fn structure<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::Map(entries.into_iter().collect())
}

fn paths(call: &mut OperationCall, value: Value) -> Result<(), Failure> {
    // What isn't a list (a file's text) is for validation to complain about.
    let quantity = items(value.clone()).len() as i64;
    let batch = structure([
        ("CallerReference", unique(call.cx.world, "cli").into()),
        ("Paths", structure([("Quantity", Value::Int(quantity)), ("Items", value)])),
    ]);
    call.params.insert("InvalidationBatch", batch);
    Ok(())
}

/// The smallest configuration that CloudFront takes, but for its origin.
fn template(reference: String) -> Value {
    structure([
        ("CallerReference", reference.into()),
        ("Origins", structure([("Quantity", Value::Int(0)), ("Items", Value::List(Vec::new()))])),
        (
            "DefaultCacheBehavior",
            structure([
                ("TargetOriginId", "placeholder".into()),
                (
                    "ForwardedValues",
                    structure([("QueryString", false.into()), ("Cookies", structure([("Forward", "none".into())]))]),
                ),
                ("TrustedSigners", structure([("Enabled", false.into()), ("Quantity", Value::Int(0))])),
                ("ViewerProtocolPolicy", "allow-all".into()),
                ("MinTTL", Value::Int(0)),
            ]),
        ),
        ("Enabled", true.into()),
        ("Comment", "".into()),
    ])
}

fn config<'m>(params: &'m mut Map, world: &dyn World) -> &'m mut Map {
    if !params.contains_key(CONFIG) {
        params.insert(CONFIG, template(unique(world, "cli")));
    }
    map(params, CONFIG)
}

fn origin(call: &mut OperationCall, value: Value) -> Result<(), Failure> {
    put_origin(&mut call.params, call.cx.world, &text(&value));
    Ok(())
}

fn put_origin(params: &mut Map, world: &dyn World, domain: &str) {
    let id = unique(world, domain);
    let kind = if domain.ends_with(".s3.amazonaws.com") {
        ("S3OriginConfig", structure([("OriginAccessIdentity", "".into())]))
    } else {
        (
            "CustomOriginConfig",
            structure([
                ("HTTPPort", Value::Int(80)),
                ("HTTPSPort", Value::Int(443)),
                ("OriginProtocolPolicy", "http-only".into()),
            ]),
        )
    };
    let item = structure([("Id", id.as_str().into()), ("DomainName", domain.into()), ("OriginPath", "".into()), kind]);
    let config = config(params, world);
    config.insert("Origins", structure([("Quantity", Value::Int(1)), ("Items", Value::List(vec![item]))]));
    map(config, "DefaultCacheBehavior").insert("TargetOriginId", id);
}

fn root_object(call: &mut OperationCall, value: Value) -> Result<(), Failure> {
    config(&mut call.params, call.cx.world).insert("DefaultRootObject", value);
    Ok(())
}

fn new_root_object(call: &mut OperationCall, value: Value) -> Result<(), Failure> {
    let id = call.params.get("Id").cloned().ok_or_else(|| missing_key("Id"))?;
    let asked: Map = [("Id", id)].into_iter().collect();
    let reply = call.cx.session.call_named("cloudfront", "GetDistributionConfig", asked, &ClientOptions::default())?;
    let mut reply = reply.value;
    let tag = reply.remove("ETag").ok_or_else(|| missing_key("ETag"))?;
    let mut config = reply.remove(CONFIG).ok_or_else(|| missing_key(CONFIG))?;
    if let Value::Map(config) = &mut config {
        config.insert("DefaultRootObject", value);
    }
    call.params.insert("IfMatch", tag);
    call.params.insert(CONFIG, config);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use oxaws_env::{Fixed, Instant};
    use oxaws_value::{JsonStyle, to_json};

    #[test]
    fn a_distribution_from_a_domain() {
        let world = Fixed::new().at(Instant::from_secs(7));
        let mut params = Map::new();
        put_origin(&mut params, &world, "b.s3.amazonaws.com");
        assert_eq!(
            to_json(&Value::Map(params), JsonStyle::COMPACT),
            concat!(
                r#"{"DistributionConfig":{"CallerReference":"cli-7-462977","Origins":{"Quantity":1,"Items":[{"Id":"b.s3.amazonaws.com-7-462977","#,
                r#""DomainName":"b.s3.amazonaws.com","OriginPath":"","S3OriginConfig":{"OriginAccessIdentity":""}}]},"DefaultCacheBehavior":"#,
                r#"{"TargetOriginId":"b.s3.amazonaws.com-7-462977","ForwardedValues":{"QueryString":false,"Cookies":{"Forward":"none"}},"#,
                r#""TrustedSigners":{"Enabled":false,"Quantity":0},"ViewerProtocolPolicy":"allow-all","MinTTL":0},"Enabled":true,"Comment":""}}"#
            )
        );
    }

    #[test]
    fn another_origin_speaks_http() {
        let mut params = Map::new();
        put_origin(&mut params, &Fixed::new(), "example.com");
        let text = to_json(&Value::Map(params), JsonStyle::COMPACT);
        assert!(
            text.contains(r#""CustomOriginConfig":{"HTTPPort":80,"HTTPSPort":443,"OriginProtocolPolicy":"http-only"}"#)
        );
    }
}
