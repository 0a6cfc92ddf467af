//! Tokens that say by their beginning whose they are. The forms are what the services document, and what gitleaks and
//! detect-secrets look for.

use crate::audit::suspicious::detectors::{Detector, secret};
use crate::audit::suspicious::judges::{any, has_digit, is_aws_secret, is_sk_key, is_token, is_twilio_key};

/// A token does not start in the middle of a word.
macro_rules! token {
    ($($pattern:literal),+) => {
        concat!("(?:^|[^0-9A-Za-z_-])(", $($pattern),+, ")")
    };
}

#[rustfmt::skip]
pub(super) const FAMILIES: &[Detector] = &[
    // Models and what is around them.
    secret("an API key (`sk-…`)", token!("sk-[0-9A-Za-z_-]{12,}"), is_sk_key),
    secret("a key of a model service (`gsk_`, `xai-`, `pplx-`, `tvly-`, `csk-`, `r8_`, `fw_`, `pcsk_`, `nvapi-`, `tgp_v1_`, `fc-`)", token!("(?:gsk_|xai-|pplx-|tvly-(?:dev-)?|csk-|r8_|fw_|pcsk_|nvapi-|tgp_v1_|fc-)[0-9A-Za-z_-]{20,}"), is_token),
    secret("a LangSmith key", token!("lsv2_(?:pt|sk)_[0-9A-Za-z_]{20,}"), is_token),
    secret("a Hugging Face token", token!("(?:hf|api_org)_[0-9A-Za-z]{24,}"), is_token),
    secret("an ElevenLabs key", token!("sk_[0-9a-f]{40,}"), is_token),
    // Code, packages, builds.
    secret("a GitHub token", token!("gh[oprsu]_[0-9A-Za-z]{20,}"), is_token),
    secret("a GitHub token", token!("github_pat_[0-9A-Za-z_]{20,}"), is_token),
    secret("a GitLab token", token!("gl(?:pat|dt|ft|ptt|rt|rtr|agent|oas|soat|imt|ffct|wt)-[0-9A-Za-z_.-]{16,}"), is_token),
    secret("a GitLab token", token!("(?:glcbt-[0-9A-Za-z]{1,5}_|GR1348941)[0-9A-Za-z_-]{16,}"), is_token),
    secret("a GitLab session", "_gitlab_session=([0-9a-z]{32})", any),
    secret("an Atlassian token", token!("(?:ATATT3|ATCTT3|ATBB)[0-9A-Za-z_=-]{24,}"), is_token),
    secret("an npm token", token!("npm_[0-9A-Za-z]{30,}"), is_token),
    secret("a PyPI token", token!("pypi-[0-9A-Za-z_-]{40,}"), is_token),
    secret("a RubyGems key", token!("rubygems_[0-9a-f]{40,}"), is_token),
    secret("a NuGet key", token!("oy2[0-9a-z]{43}\\b"), is_token),
    secret("a Clojars token", token!("CLOJARS_[0-9A-Za-z]{50,}"), is_token),
    secret("a Docker token", token!("dckr_(?:pat|oat)_[0-9A-Za-z_-]{20,}"), is_token),
    secret("an Artifactory key", token!("(?:AKCp|cmVmd)[0-9A-Za-z]{50,}"), is_token),
    secret("a Buildkite or CircleCI token", token!("(?:bk[a-z]{1,2}_|CCIPAT_|CCIPRJ_)[0-9A-Za-z_]{32,}"), is_token),
    secret("a Sonar token", token!("sq[uap]_[0-9a-f]{32,}"), is_token),
    secret("a Sourcegraph token", token!("sgp_(?:[0-9a-f]{16}_|local_)?[0-9a-f]{40}"), is_token),
    secret("a Postman key", token!("PMAK-[0-9a-f]{24}-[0-9a-f]{34}"), is_token),
    secret("a key of a tool (`lin_api_`, `figd_`, `ntn_`, `pul-`, `pnu_`, `ico-`, `rdme_`, `sm_pat_`)", token!("(?:lin_api_|lin_oauth_|figd_|ntn_|pul-|pnu_|ico-|rdme_|sm_[aps]at_)[0-9A-Za-z_-]{16,}"), is_token),
    secret("a Notion token", token!("secret_[0-9A-Za-z]{43}\\b"), is_token),
    secret("an Octopus key", token!("API-[0-9A-Z]{26}\\b"), is_token),
    secret("an Airtable token", token!("pat[0-9A-Za-z]{14}[.][0-9a-f]{40,}"), is_token),
    secret("a Harness token", token!("[ps]at[.][0-9A-Za-z_-]{22}[.][0-9a-f]{24}[.][0-9A-Za-z]{20}"), is_token),
    secret("a Contentful token", token!("CFPAT-[0-9A-Za-z_-]{40,}"), is_token),
    // Clouds.
    secret("an AWS key", token!("(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA|AGPA|ANPA|A3T[0-9A-Z])[0-9A-Z]{16}\\b"), is_token),
    secret("an AWS secret key", "(?:^|[^0-9A-Za-z+/])([0-9A-Za-z+]+[/+][0-9A-Za-z+/]+)(?:$|[^0-9A-Za-z+/=])", is_aws_secret),
    secret("an AWS Bedrock key", token!("(?:ABSK|bedrock-api-key-)[0-9A-Za-z+/=]{40,}"), is_token),
    secret("a Google key", token!("AIza[0-9A-Za-z_-]{30,}"), is_token),
    secret("a Google token", token!("(?:ya29[.]|GOCSPX-|1//0)[0-9A-Za-z_-]{20,}"), is_token),
    secret("an Azure secret", token!("[0-9A-Za-z_~.]{3}[0-9]Q~[0-9A-Za-z_~.-]{31,34}"), is_token),
    secret("an Azure account key", "(?:AccountKey|SharedAccessKey|SharedAccessSignature)=([0-9A-Za-z+/%]{32,}=*)", any),
    secret("an Alibaba key", token!("LTAI[0-9A-Za-z]{12,}"), is_token),
    secret("a DigitalOcean token", token!("do[opr]_v1_[0-9a-f]{20,}"), is_token),
    secret("a Databricks token", token!("dapi[0-9a-f]{32}(?:-[0-9])?"), is_token),
    secret("a Heroku key", token!("HRKU-[0-9A-Za-z_-]{30,}"), is_token),
    secret("a Fly.io token", token!("(?:fo1|fm[12][ar]?)_[0-9A-Za-z+/_-]{40,}"), is_token),
    secret("a Netlify or Vercel token", token!("(?:nfp|vercel_blob_rw|vc[akp])_[0-9A-Za-z_]{20,}"), is_token),
    secret("a Supabase key", token!("(?:sbp_[0-9a-f]{40}|sb_secret_[0-9A-Za-z_-]{20,})"), is_token),
    secret("a PlanetScale key", token!("pscale_(?:tkn|pw|oauth)_[0-9A-Za-z_=.-]{32,}"), is_token),
    secret("a Cloudflare key", token!("v1[.]0-[0-9a-f]{24}-[0-9a-f]{100,}"), is_token),
    secret("a ClickHouse key", token!("4b1d[0-9A-Za-z]{38}\\b"), is_token),
    secret("a Terraform token", token!("[0-9A-Za-z]{14}[.]atlasv1[.][0-9A-Za-z_=-]{40,}"), is_token),
    secret("a Vault token", token!("(?:hv[sbr][.][0-9A-Za-z_-]{24,}|s[.][0-9A-Za-z]{24}\\b)"), is_token),
    secret("an OpenShift token", token!("sha256~[0-9A-Za-z_-]{43}"), is_token),
    secret("a Doppler token", token!("dp[.](?:pt|st|ct|sa|scim|audit)[.][0-9A-Za-z_.-]{36,}"), is_token),
    secret("a 1Password key", token!("(?:A3(?:-[0-9A-Z]{5,11}){4,6}|ops_eyJ[0-9A-Za-z+/]{40,})"), is_token),
    secret("an age key", "AGE-SECRET-KEY-1[0-9A-Z]{40,}", any),
    secret("a Tailscale key", token!("tskey-[a-z]+-[0-9A-Za-z]{8,}(?:-[0-9A-Za-z]+)?"), is_token),
    secret("a Yandex key", token!("(?:AQVN|YC)[0-9A-Za-z_-]{35,38}\\b"), is_token),
    // What watches programs.
    secret("a New Relic key", token!("(?:NRAK-[0-9A-Z]{20,}|NRJS-[0-9a-f]{19}|NRII-[0-9A-Za-z_-]{28,})"), is_token),
    secret("a Grafana token", token!("(?:glc_[0-9A-Za-z+/]{32,}|glsa_[0-9A-Za-z]{32}_[0-9a-f]{8}|eyJrIjoi[0-9A-Za-z]{60,})"), is_token),
    secret("a Sentry token", token!("(?:sntryu_[0-9a-f]{40,}|sntrys_eyJ[0-9A-Za-z+/=_-]{40,})"), is_token),
    secret("a Dynatrace token", token!("dt0[a-z][0-9]{2}[.][0-9A-Z]{24}[.][0-9A-Z]{40,}"), is_token),
    secret("a PostHog key", token!("phx_[0-9A-Za-z]{40,}"), is_token),
    secret("a LaunchDarkly key", token!("(?:api|sdk)-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), is_token),
    secret("a key of a service (`rootly_`, `BBFF-`, `sntrys_`)", token!("(?:rootly_[0-9a-f]{40,}|BBFF-[0-9A-Za-z]{30})"), is_token),
    // Messages and mail.
    secret("a Slack token", token!("xox[abceoprs](?:[.]xox[a-z])?-[0-9A-Za-z-]{10,}"), has_digit),
    secret("a Slack token", token!("xapp-[0-9]-[0-9A-Z]{8,}-[0-9]+-[0-9a-z]{20,}"), is_token),
    secret("a Telegram token", "(?:^|[^0-9])([0-9]{6,16}:A[0-9A-Za-z_-]{34})(?:$|[^0-9A-Za-z_-])", any),
    secret("a Discord token", token!("[MNO][0-9A-Za-z_-]{23,25}[.][0-9A-Za-z_-]{6}[.][0-9A-Za-z_-]{27,}"), is_token),
    secret("a SendGrid key", token!("SG[.][0-9A-Za-z_-]{16,}[.][0-9A-Za-z_-]{16,}"), is_token),
    secret("a Mailgun key", token!("(?:pub)?key-[0-9a-f]{32}\\b"), is_token),
    secret("a Mailchimp key", token!("[0-9a-f]{32}-us[0-9]{1,2}\\b"), is_token),
    secret("a Brevo key", token!("x(?:key|smtp)sib-[0-9a-f]{60,}-[0-9A-Za-z]{16}"), is_token),
    secret("a Resend key", token!("re_[0-9A-Za-z]{8}_[0-9A-Za-z]{20,}"), is_token),
    secret("a HubSpot token", token!("pat-[a-z]{2}[0-9]-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"), is_token),
    secret("a Typeform token", token!("tfp_[0-9A-Za-z_.=-]{40,}"), is_token),
    secret("a Twilio key", token!("(?:AC|SK)[0-9a-f]{32}\\b"), is_twilio_key),
    secret("a Facebook token", token!("EAA[A-Z][0-9A-Za-z]{60,}"), is_token),
    secret("a Twitter token", token!("A{20,22}[0-9A-Za-z%]{60,}"), is_token),
    // Money and shops.
    secret("a Stripe key", token!("(?:[sr]k_(?:live|test|prod)|whsec)_[0-9A-Za-z]{10,}"), is_token),
    secret("a Square token", token!("(?:sq0[a-z]{3}-[0-9A-Za-z_-]{22,}|EAAA[0-9A-Za-z_-]{50,})"), is_token),
    secret("a Shopify token", token!("shp(?:at|ca|pa|ss)_[0-9A-Fa-f]{20,}"), is_token),
    secret("a WooCommerce key", token!("c[ks]_[0-9a-f]{40}\\b"), is_token),
    secret("a key of a shop (`duffel_`, `EZAK`, `FLWSECK_TEST-`, `shippo_`, `fio-u-`)", token!("(?:duffel_(?:test|live)_[0-9A-Za-z_=-]{40,}|EZ[AT]K[0-9A-Za-z]{50,}|FLW(?:PUB|SEC)K_TEST-[0-9a-h]{12,}|shippo_(?:live|test)_[0-9A-Fa-f]{40}|fio-u-[0-9A-Za-z_=-]{50,})"), is_token),
    secret("an Adobe secret", token!("p8e-[0-9A-Za-z]{32}\\b"), is_token),
    secret("a MaxMind key", token!("[0-9A-Za-z]{6}_[0-9A-Za-z]{29}_mmk\\b"), is_token),
    secret("a Mapbox token", token!("[ps]k[.]eyJ[0-9A-Za-z_-]{20,}[.][0-9A-Za-z_-]{16,}"), is_token),
    // Of any service.
    secret("a JSON Web Token", token!("eyJ[0-9A-Za-z_-]{8,}[.]eyJ[0-9A-Za-z_-]{8,}(?:[.][0-9A-Za-z_-]*)?"), any),
    secret("a private key (PEM)", "-----BEGIN (?:[0-9A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----", any),
    secret("a private key (PuTTY)", "PuTTY-User-Key-File-[0-9]", any),
];

/// The beginnings of tokens that all of their kind share: `ghp_`, `sk-`, `AKIA`. They may be shown.
const PUBLIC: &[&str] = &[
    "sk-ant-", "sk-proj-", "sk-", "sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_", "gsk_", "xai-", "pplx-", "tvly-",
    "csk-", "r8_", "fw_", "pcsk_", "nvapi-", "lsv2_", "hf_", "github_pat_", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "glpat-",
    "gldt-", "glft-", "glptt-", "glrt-", "glagent-", "gloas-", "glsoat-", "glimt-", "glffct-", "glcbt-", "GR1348941",
    "ATATT3", "npm_", "pypi-", "rubygems_", "dckr_pat_", "lin_api_", "figd_", "ntn_", "pul-", "PMAK-", "AKIA", "ASIA", "ABIA",
    "ACCA", "AIza", "ya29.", "GOCSPX-", "LTAI", "dop_v1_", "doo_v1_", "dor_v1_", "dapi", "HRKU-", "sbp_", "pscale_", "hvs.",
    "hvb.", "dp.pt.", "tskey-", "NRAK-", "NRJS-", "NRII-", "glc_", "glsa_", "sntrys_", "sntryu_", "phx_", "xapp-", "xox", "SG.",
    "key-", "xkeysib-", "sq0", "shpat_", "shpca_", "shppa_", "shpss_", "eyJ",
];

/// The beginning of a token that all of its kind share.
pub(super) fn public_part(token: &str) -> &'static str {
    PUBLIC.iter().find(|public| token.starts_with(**public)).copied().unwrap_or_default()
}
