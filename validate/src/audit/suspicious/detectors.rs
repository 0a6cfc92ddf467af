//! Patterns of suspicious texts, kind by kind.

use crate::audit::Rule;
use crate::audit::suspicious::detector::{Detector, detector, secret};
use crate::audit::suspicious::judges::{
    any, has_digit, is_home, is_mixed, is_mixed_up, is_password, is_private_host, is_quoted_secret, is_token,
    is_token_user,
};
use crate::audit::suspicious::numbers::{is_card, is_iban, is_ipv4, is_mac, is_private_ipv6};

pub(super) const A_PASSWORD: &str = "a password or key by its name";

/// Names under which secrets travel.
macro_rules! secret_names {
    () => {
        "(?:api[_-]?key|passw(?:or)?d|passphrase|client[_-]?secret|secret[_-]?(?:access[_-]?)?key|\
         (?:access|auth|refresh|bearer|api)[_-]?token|private[_-]?key|_auth)"
    };
}

/// The endings of the names of members whose values are secrets.
pub(super) const SECRET_NAME: &str = concat!(
    "(?i)(?:",
    secret_names!(),
    "|secret|credentials?|[_.-]pwd|^pwd|(?:^|[_.-])(?:jwt|(?:id|session|csrf|xsrf)[_-]?token))$"
);

/// Names under which a long random value is a secret. Tokens of pages and of texts are none.
pub(super) const TOKEN_NAME: &str = "(?i)^(?:[0-9a-z_.-]*[_.-])?(?:bot|ci|deploy|device|github|gitlab|login|npm|push|security|service|\
     slack|user|app)?[_-]?token$";

/// Names of headers that open doors.
pub(super) const SECRET_HEADER: &str = "(?i)(?:^|[.])(?:proxy-authorization|authorization|cookie|set-cookie|api-key|apikey|\
     x-(?:[a-z]+-)*(?:api-?key|token|secret|password|credential)|x-amz-security-token|x-goog-iap-jwt-assertion|\
     private-token|job-token|ocp-apim-subscription-key|x-functions-key|x-auth(?:entication)?-key|x-csrf-?token|dd-api-key|\
     dd-application-key|x-honeycomb-team|x-shopify-access-token|x-sentry-auth|sec-websocket-key)$";

/// The detectors that are no token family. Of those that find the same part, the first gives it its name.
#[rustfmt::skip]
pub(super) const TABLE: &[Detector] = &[
    secret("a webhook's address (Slack)", "hooks[.]slack(?:-gov)?[.]com/(?:services|workflows|triggers)/[0-9A-Za-z/_-]{16,}", any),
    secret("a webhook's address (Discord)", "(?i)discord(?:app)?[.]com/api/(?:v[0-9]+/)?webhooks/[0-9]{5,}/([0-9A-Za-z_-]{20,})", any),
    secret("a bot's address (Telegram)", "(?i)api[.]telegram[.]org/(?:file/)?bot([0-9]{5,}:[0-9A-Za-z_-]{20,})", any),
    secret("a webhook's address (Teams)", "(?i)[0-9a-z-]+[.]webhook[.]office[.]com/webhookb?2?/[0-9a-z@/-]{36,}", any),
    secret("a webhook's address", "(?i)(?:hooks[.]zapier[.]com/hooks/catch/[0-9]+/|hook[.][a-z0-9.]*(?:make|integromat)[.]com/|maker[.]ifttt[.]com/(?:trigger|use)/(?:[^/\\s]+/)?(?:json/)?(?:with/key/)?|discord[.]gg/api/|outlook[.]office(?:365)?[.]com/webhook/|open[.](?:feishu[.]cn|larksuite[.]com)/open-apis/bot/v2/hook/|qyapi[.]weixin[.]qq[.]com/cgi-bin/webhook/send[?]key=|oapi[.]dingtalk[.]com/robot/send[?]access_token=)([0-9A-Za-z_@-]{6,})", has_digit),
    secret("a bearer token", "(?i)\\bbearer[\\s:]+([0-9A-Za-z._~+/-]{16,}=*)", is_token),
    secret("a basic authorization", "(?i)authorization['\"]?\\s*[:=]\\s*['\"]?basic\\s+([0-9A-Za-z+/]{8,}=*)", any),
    secret("an authorization", "(?i)authorization['\"]?\\s*[:=]\\s*['\"]?(?:(?:token|apikey|digest|negotiate|aws4-hmac-sha256|key|jwt)\\s+)?([0-9A-Za-z._~+/=-]{12,})", is_mixed),
    secret("a cookie", "(?i)(?:^|[\\s'\"{,;(])(?:set-)?cookie['\"]?\\s*[:=]\\s*['\"]?([0-9A-Za-z_.-]+=[^\\s;'\"]{6,}[^'\"\\r\\n]*)", has_digit),
    secret("a password of a command line", "(?:^|\\s)(?:-u|--user)[ =]['\"]?[^\\s:'\"/]+:([^\\s'\"]{3,})", is_password),
    secret("an address with a password in it", "[A-Za-z][0-9A-Za-z+.-]*://[^\\s/?#:@'\"]*:([^\\s/?#@'\"]+)@", is_password),
    secret("an address with a token in it", "[A-Za-z][0-9A-Za-z+.-]*://([^\\s/?#:@'\"]{8,}):?@", is_token_user),
    secret("an address with a key in it", "(?i)(?:^|[?&;#\\s])(?:(?:api|access|private|subscription|auth|app|consumer|license|service|account|secret|sentry|write|master|shared|storage|public)[_-]?key|(?:[a-z]+[_-])?(?:token|secret)|key|sig|signature|jwt|apikey|code|session(?:_?id)?|sid|auth|credential|x-(?:amz|goog)-(?:signature|credential|security-token))=([^&\\s'\"#]{8,})", is_mixed_up),
    secret("a token by its name", "(?i)(?:^|[^0-9A-Za-z])(?:(?:[0-9a-z]+[_-])*(?:session|security|github|gitlab|slack|bot|deploy|ci|npm|service|user|app|login|device|push)[_-]?)?token['\"]?\\s*(?:[:=]|=>)\\s*['\"]?([0-9A-Za-z._~+/=-]{20,})", is_mixed_up),
    secret(A_PASSWORD, "(?i)(?:^|[^0-9A-Za-z])(?:[0-9a-z]+[_-])*(?:pwd|pass)\\s*[:=]\\s*['\"]?([^\\s'\",;&(){}/~\\\\][^\\s'\",;&(){}]{5,})", is_mixed),
    secret("an address with a password in it", "(?i)[?&;](?:password|passwd|pwd|pass)\\s*=\\s*([^&;\\s'\"#]{3,})", is_password),
    secret(A_PASSWORD, concat!("(?i)", secret_names!(), "['\"]?\\s*(?:[:=]|=>)\\s*['\"]([^'\"]{4,})['\"]"), is_quoted_secret),
    secret(A_PASSWORD, concat!("(?i)", secret_names!(), "\\s*[:=]\\s*([^\\s'\",;(){}]{8,})"), is_mixed),
    secret(A_PASSWORD, concat!("(?i)(?:^|\\s)--(?:[a-z]+-)*(?:", secret_names!(), "|token|secret|pass)[ =]['\"]?([^\\s'\"-][^\\s'\"]{5,})"), is_mixed),
    detector(Rule::HomePath, "a path in somebody's home", "(?:^|[.][.]|(?:^|\\s)-[A-Za-z]|(?:wsl|ssh-remote|dev-container|attached-container)[+][0-9A-Za-z._-]+|[^0-9A-Za-z._~%-])(?:/(?:mnt|media|Volumes|opt|run/media|run/desktop/mnt/host)(?:/[0-9A-Za-z._-]+){0,2}|/cygdrive/[a-z]|/[a-z]|/var|/usr|/export|/nfs|/net|/data|/srv|/private|/host|/hostfs|/rootfs|/System/Volumes/Data)?(/(?:home|Users)/[^\\s/\\\\\"'`:,;<>|)\\]}?#&]+)", is_home),
    detector(Rule::HomePath, "a path in somebody's home", "(?i)(?:^|[^0-9A-Za-z])([a-z]:[\\\\/]{1,4}(?:Users|Documents and Settings)[\\\\/]{1,4}[^\\s\\\\/\"'`:,;<>|]+)", is_home),
    detector(Rule::HomePath, "a path in somebody's home", "(?i)(?:^|[^0-9A-Za-z:\\\\/])([\\\\/]{2,4}[?.0-9A-Za-z_$-][0-9A-Za-z._$-]*[\\\\/]{1,2}(?:[0-9A-Za-z._$ -]+[\\\\/]{1,2}){0,2}(?:Users|home|homes)[\\\\/]{1,2}[^\\s\\\\/\"'`:,;<>|]+)", is_home),
    detector(Rule::PrivateAddress, "an address in a private network", "(?:^|[^0-9A-Za-z.-])((?:10[.][0-9]{1,3}|192[.]168|172[.](?:1[6-9]|2[0-9]|3[01]))[.][0-9]{1,3}[.][0-9]{1,3})(?:$|[^0-9A-Za-z.-]|[.](?:$|[^0-9A-Za-z]))", is_ipv4),
    detector(Rule::PrivateAddress, "an address in a private network (IPv6)", "(?:^|[^0-9A-Za-z:.])((?i:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):[0-9A-Fa-f:.]*[0-9A-Fa-f:])", is_private_ipv6),
    detector(Rule::PrivateAddress, "a host in a private network", "://(?:[^\\s/@]*@)?([0-9A-Za-z.-]+[.](?:internal|intranet|corp|lan|local|localdomain|home[.]arpa))(?:[:/?#\\s\"']|$)", is_private_host),
    detector(Rule::MacAddress, "the address of a network card", "((?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}[.]){2}[0-9A-Fa-f]{4})", is_mac),
    detector(Rule::CardNumber, "the number of a payment card", "(?:^|[^0-9A-Za-z._+/=-])([2-6][0-9]{3}(?:[0-9]{9,15}|(?:[ -][0-9]{4}){2,3}(?:[ -]?[0-9]{1,4})?|[ -][0-9]{6}[ -][0-9]{4,5}))(?:$|[^0-9A-Za-z._+/=-]|[.](?:$|[^0-9]))", is_card),
    detector(Rule::Iban, "the number of a bank account (IBAN)", "(?:^|[^0-9A-Za-z])([A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?)(?:$|[^0-9A-Za-z])", is_iban),
    detector(Rule::ObjectDump, "a printed object of Python", "<[^<>]{1,200} at 0x[0-9A-Fa-f]+>", any),
    detector(Rule::ObjectDump, "a printed object", "\\b([A-Z][0-9A-Za-z_]*\\(\\s*[A-Za-z_][0-9A-Za-z_]*=(?:['\"\\[{(<]|[0-9-]|None|True|False|[A-Z][0-9A-Za-z_.]*[(.]).*)", any),
    detector(Rule::ObjectDump, "the printed fields of an object", "(?:^|[\\s,(])([A-Za-z_][0-9A-Za-z_]*=(?:'[^']*'|\"[^\"]*\"|None|True|False|[0-9.]+),?\\s+[A-Za-z_][0-9A-Za-z_]*=(?:'[^']*'|\"[^\"]*\"|None|True|False|[0-9.]+),?\\s+[A-Za-z_][0-9A-Za-z_]*=)", any),
    detector(Rule::ObjectDump, "a printed dictionary of Python", "\\{'[^']{1,100}': ?(?:['\\[{(]|[0-9-]|None|True|False|<)", any),
    detector(Rule::ObjectDump, "a printed object of Rust", "\\b([A-Z][0-9A-Za-z_]* \\{ [a-z_][0-9a-z_]*: .*)", any),
    detector(Rule::ObjectDump, "a printed object of JavaScript", "\\[object [A-Z][A-Za-z]+\\]", any),
    detector(Rule::ObjectDump, "a printed object of Java", "\\b((?:[a-z_][0-9A-Za-z_]*[.])+[A-Z][0-9A-Za-z_$]*@[0-9a-f]{4,8})\\b", any),
    detector(Rule::ObjectDump, "a printed object of Go", "(?:^|\\s)(&?(?:map\\[[^\\]\\s]*:|\\{[A-Z][0-9A-Za-z_]*:)\\S.*)", any),
];
