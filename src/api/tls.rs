//! TLS: rustls with ring, and the certificates that this machine trusts.
//!
//! The configuration is made here and handed over whole, so that no provider is installed for the
//! whole process.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::BuilderVerifierExt;

/// HTTP/1.1 alone: a paid request has a connection of its own, so there is nothing to share.
const PROTOCOL: &[u8] = b"http/1.1";

/// A configuration that trusts what this machine trusts. Reading its certificates takes some
/// milliseconds, so it is made once and only where `https` is spoken.
pub(super) fn trusting_this_machine() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_platform_verifier()?
        .with_no_client_auth();
    Ok(speaking_http(config))
}

/// A configuration that trusts nobody, for a client that only ever speaks plain `http` on loopback:
/// the HTTP library wants one all the same, and left alone would read every certificate.
pub(super) fn trusting_nobody() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    Ok(speaking_http(config))
}

fn speaking_http(mut config: ClientConfig) -> ClientConfig {
    config.alpn_protocols = vec![PROTOCOL.to_vec()];
    config
}
