//! The client of one service: its settings, resolved once.

use crate::error::CallError;
use crate::retry::quota::RetryQuota;
use crate::session::identity::{self, Credentials};
use crate::session::{ClientOptions, Session, Signer};
use crate::types::signing::Auth;
use oxaws_config::client::ClientSettings;
use oxaws_config::settings::check_region;
use oxaws_creds::dpop::DpopKey;
use oxaws_endpoint::{LegacyError, Partitions, Variant, client_scope, pseudo_region, use_dual_stack};
use oxaws_failure::Cause;
use oxaws_model::{AuthScheme, Service, SignatureVersion};
use std::sync::Arc;

/// The client of one service.
#[derive(Debug)]
pub struct ServiceClient {
    /// The service.
    pub service: Service,
    /// Its settings.
    pub settings: ClientSettings,
    /// The region as the client knows it (`aws-global` and its like for global services).
    pub region: Option<String>,
    /// The region to sign for where nothing says otherwise.
    pub signing_region: Option<String>,
    /// The service to sign for where nothing says otherwise.
    pub signing_name: String,
    /// The region to ask the endpoint rules with.
    pub rules_region: Option<String>,
    /// The partition's id.
    pub partition: String,
    /// The custom endpoint.
    pub endpoint_url: Option<String>,
    /// The custom endpoint, else the service's own in the region: what other programs are told.
    pub base_url: String,
    /// FIPS endpoints.
    pub use_fips: bool,
    /// Dual-stack endpoints.
    pub use_dual_stack: bool,
    /// How requests are signed.
    pub auth: Auth,
    /// Whether they are signed at all.
    pub signed: bool,
    /// Who signs them.
    pub signer: Signer,
    /// The key whose possession each request proves.
    pub dpop: Option<DpopKey>,
    /// What retries are paid with.
    pub quota: RetryQuota,
    /// What handlers remember from call to call.
    pub(crate) memory: crate::session::memory::Memory,
}

impl ServiceClient {
    pub(crate) fn new(
        session: &Session,
        service: Service,
        options: &ClientOptions,
    ) -> Result<ServiceClient, CallError> {
        let config = session.config()?;
        let typed = options.region.clone().or_else(|| session.options().region.clone());
        let region = match typed {
            Some(region) => Some(region),
            None => match config.region()? {
                Some(region) => Some(region),
                None => identity::region_from_metadata(session)?,
            },
        };
        if let Some(region) = &region {
            check_region(region)?;
        }
        let signed = match options.signer {
            Signer::Session => session.options().sign_request,
            Signer::Nobody => false,
            Signer::With(_) => true,
        };
        let typed_url = session.options().endpoint_url.as_deref().filter(|_| !options.configured_endpoint);
        let settings_url = options.endpoint_url.as_deref().or(typed_url);
        if matches!(options.signer, Signer::Session) {
            identity::note_region(session, region.as_deref());
            if signed {
                // Looked for before the rest is checked: a broken set-up is reported before a missing region.
                session.find_credentials()?;
            }
        }
        identity::check_token_settings(session)?;
        let settings = ClientSettings::resolve(config, service.directory(), settings_url.is_some())?;
        let (region, pseudo_fips) = match &region {
            Some(region) => {
                let (region, fips) = pseudo_region::normalize(region);
                (Some(region.into_owned()), fips)
            }
            None => (None, false),
        };
        let endpoint_url = settings_url.map(str::to_owned).or_else(|| settings.endpoint_url.clone());
        let use_fips = pseudo_fips || settings.use_fips == Some(true);
        let s3_dual = settings.s3.use_dualstack_endpoint.then_some("true");
        let dual_stack = use_dual_stack(service.endpoint_prefix(), s3_dual, settings.use_dualstack == Some(true));
        let partitions = Partitions::open(service.pack().partitions())
            .ok_or_else(|| CallError::bug("the compiled partitions are damaged"))?;
        let scope = client_scope(
            partitions,
            service.endpoint_prefix(),
            region.as_deref(),
            Variant { fips: use_fips, dual_stack },
            endpoint_url.as_deref(),
        )
        .map_err(|e| match e {
            LegacyError::NoRegion => CallError::NoRegion,
            other => CallError::setting(Cause::of(other)),
        })?;
        oxaws_endpoint::check_endpoint_url(&scope.endpoint_url).map_err(|e| CallError::invalid(Cause::of(e)))?;
        // The AWS CLI starts its monitor last of all.
        session.monitor()?;
        let signing_name = scope.signing_name.unwrap_or_else(|| service.signing_name()).to_owned();
        Ok(ServiceClient {
            service,
            region: scope.region,
            signing_region: scope.signing_region,
            signing_name,
            rules_region: scope.rules_region,
            partition: scope.partition.to_owned(),
            endpoint_url,
            base_url: scope.endpoint_url,
            use_fips,
            use_dual_stack: dual_stack,
            auth: service_auth(service),
            signed,
            signer: options.signer.clone(),
            dpop: options.dpop.clone(),
            quota: RetryQuota::new(settings.retry_mode),
            memory: crate::session::memory::Memory::default(),
            settings,
        })
    }

    /// The credentials that sign its requests; `None` where there are none.
    ///
    /// # Errors
    /// When a provider that applies fails.
    pub fn credentials(&self, session: &Session) -> Result<Option<Arc<Credentials>>, CallError> {
        match &self.signer {
            Signer::Session => session.credentials(),
            Signer::Nobody => Ok(None),
            Signer::With(credentials) => Ok(Some(credentials.clone())),
        }
    }

    /// Attempts in all, at least one.
    pub fn max_attempts(&self) -> u32 {
        self.settings.max_attempts
    }
}

/// The first scheme of the model's `auth` list that can be made, else its `signatureVersion`.
fn service_auth(service: Service) -> Auth {
    match service.auth().next() {
        Some(AuthScheme::SigV4) => Auth::V4,
        Some(AuthScheme::SigV4a) => Auth::V4a,
        Some(AuthScheme::Bearer) => Auth::Bearer,
        Some(AuthScheme::None) => Auth::None,
        None => match service.signature_version() {
            SignatureVersion::V2 => Auth::V2,
            SignatureVersion::Bearer => Auth::Bearer,
            SignatureVersion::V4 | SignatureVersion::S3 | SignatureVersion::S3V4 => Auth::V4,
        },
    }
}
