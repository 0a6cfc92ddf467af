//! What the audit sees in single texts: precision and recall over labelled texts, printed and held.
//!
//! No token stands in this file: those of families are drawn at run time after their forms.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use candor_schema::Catalogue;
use candor_validate::Payload;
use candor_validate::audit::{Audit, Granted, Rule};
use serde_json::json;

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| {
    let text = "
candor: 1
name: probe
title: Probe
version: 1.0.0
service: probe
rows: {base: {title: Base, reason: To know., personal: none}}
attributes: {what: {row: base, collected: default, type: string, max_length: 100000, personal: none, brief: what happened}}
spans: {done: {name: Done, collected: default, brief: It is done., attributes: {what: optional}}}
";
    candor_schema::load_str("probe.yaml", text).catalogue.expect("no errors")
});

/// Forms of tokens: `{n36}` stands for 36 letters and digits, `x` for hexadecimal, `u` for upper case and digits, `l` for
/// lower case and digits, `d` for digits.
#[rustfmt::skip]
const TOKENS: &[&str] = &[
    "sk-{n48}", "sk-proj-{n40}_{n20}", "sk-ant-api03-{n40}-{n40}", "sk-or-v1-{x64}", "gsk_{n52}", "xai-{n80}", "pplx-{n48}",
    "tvly-{n32}", "lsv2_pt_{x32}_{x10}", "hf_{n34}", "r8_{n37}", "nvapi-{n60}", "pcsk_{n50}", "ghp_{n36}", "gho_{n36}",
    "ghs_{n36}", "github_pat_{n22}_{n59}", "glpat-{n20}", "glrt-{n20}", "gldt-{n20}", "glft-{n20}", "glptt-{x40}",
    "glagent-{n50}", "glsoat-{n20}", "glimt-{n25}", "GR1348941{n20}", "ATATT3{n180}", "npm_{n36}", "pypi-AgEIcHlwaS5vcmc{n60}",
    "rubygems_{x48}", "dckr_pat_{n27}", "AKCp{n69}", "sqp_{x40}", "sgp_{x40}", "PMAK-{x24}-{x34}", "lin_api_{n40}",
    "figd_{n40}", "ntn_{d11}{n35}", "pul-{x40}", "pat{n14}.{x64}", "AKIA{u16}", "ASIA{u16}", "AIza{n35}", "ya29.{n60}",
    "GOCSPX-{n28}", "{n3}7Q~{n31}", "LTAI{n20}", "dop_v1_{x64}", "doo_v1_{x64}", "dapi{x32}", "dapi{x32}-2",
    "HRKU-{n30}", "sbp_{x40}", "pscale_tkn_{n43}", "hvs.{n90}", "{n14}.atlasv1.{n64}", "dp.pt.{n43}", "sha256~{n43}",
    "tskey-auth-{n12}-{n24}", "NRAK-{u27}", "NRII-{n32}", "glsa_{n32}_{x8}", "sntryu_{x64}", "dt0c01.{u24}.{u64}", "phx_{n43}",
    "xoxb-{d12}-{d12}-{n24}", "xoxp-{d11}-{d11}-{d12}-{x32}", "xapp-1-{u11}-{d13}-{x64}", "{d9}:A{n34}", "SG.{n22}.{n43}",
    "key-{x32}", "{x32}-us14", "xkeysib-{x64}-{n16}", "re_{n8}_{n24}", "tfp_{n44}_{n14}", "SK{x32}", "AC{x32}",
    "sk_live_{n24}", "rk_test_{n24}", "whsec_{n32}", "sq0atp-{n22}", "shpat_{x32}", "ck_{x40}", "CLOJARS_{l60}",
    "AGE-SECRET-KEY-1{u58}", "eyJ{n30}.eyJ{n60}.{n43}",
];

/// Texts with a secret whose form is that of the text around it.
#[rustfmt::skip]
const SECRETS: &[&str] = &[
    "postgres://admin:hunter2@db.example.com/crew",
    "https://:s3cret@example.com",
    "redis://default:abc@10.example.com:6379",
    "mongodb+srv://root:{n12}@cluster0.example.net/test?retryWrites=true",
    "amqp://guest:{n8}@rabbit:5672/%2f",
    "https://{n40}@github.com/acme/repo.git",
    "https://oauth2:{n20}@gitlab.example.com/a/b.git",
    "git clone https://x-access-token:{n40}@github.com/a/b",
    "https://hooks.slack.com/services/T{u8}/B{u8}/{n24}",
    "https://hooks.slack.com/workflows/T{u8}/A{u8}/{d18}/{n24}",
    "https://discord.com/api/webhooks/{d18}/{n68}",
    "https://discordapp.com/api/v10/webhooks/{d18}/{n68}",
    "https://api.telegram.org/bot{d10}:{n35}/sendMessage",
    "https://acme.webhook.office.com/webhookb2/{x8}-{x4}-{x4}-{x4}-{x12}@{x8}-{x4}-{x4}-{x4}-{x12}/IncomingWebhook/{x32}/x",
    "https://hooks.zapier.com/hooks/catch/{d7}/{l7}1/",
    "https://maker.ifttt.com/trigger/deploy/with/key/{n22}",
    "https://api.example.com/v1?api_key={n20}",
    "https://example.com/x?sig={n20}&x=1",
    "https://bucket.s3.amazonaws.com/a?X-Amz-Signature={x64}",
    "https://storage.googleapis.com/b/o?X-Goog-Signature={x64}",
    "https://example.com/cb#access_token={n30}&state=x",
    "https://example.com/cb?code={n30}",
    "jdbc:mysql://db/app?user=app&password=hunter2",
    "Server=db;User Id=app;Password=hunter2!;",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={n80}==",
    "api_key='{n12}'",
    "{\"password\": \"correct-horse\"}",
    "OPENAI_API_KEY={n20}",
    "client_secret: {n16}",
    "export AWS_SECRET_ACCESS_KEY={n40}",
    "//registry.npmjs.org/:_authToken={n36}",
    "Authorization: Bearer {n40}",
    "Authorization: Basic dXNlcjpwYXNz",
    "-H 'Authorization: token {n40}'",
    "Cookie: session={n32}; theme=dark",
    "X-Api-Key: {n24}",
    "curl -u admin:hunter2 https://example.com",
    "tool --api-key {n24} run",
    "login --password {n12} --user x",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "-----BEGIN PGP PRIVATE KEY BLOCK-----",
    "PuTTY-User-Key-File-3: ssh-ed25519",
    "{\"env\": {\"DB_PASSWORD\": \"s3cr3t-value\"}}",
    "headers={'x-api-key': '{n24}'}",
];

#[rustfmt::skip]
const MAILS: &[&str] = &[
    "alice@example.com", "Bob.Smith+crew@mail.example.co.uk", "mailto:a.b@firma.de", "<x@y.io>", "someone@firma.berlin",
    "someone@acme.software", "someone@acme.health", "someone@münchen.de", "josé@example.es", "用户@例子.公司",
    "иван@почта.рф", "a@xn--mnchen-3ya.de", "user@163.com", "someone@126.com", "a_b-c@sub.domain.museum", "x%40y.com",
    "to=user%2540example.com", "john@corp.internal", "ops@server.lan", "someone@company.photography", "Reply-To: me@acme.dev.",
    "{\"email\":\"dev@startup.ai\"}", "commit by Ann Lee <ann.lee@users.noreply.github.com>", "o'brien@example.ie", "a@b.co",
    "first.last@department.university.edu", "alice@example.com,bob@example.org",
];

#[rustfmt::skip]
const HOMES: &[&str] = &[
    "/~home/alice/models/x.gguf", "/~Users/alice", "file:///~home/alice/x", "/mnt/c/~Users/alice", "C:\\~Users\\alice\\x.py",
    "d:/~Users/alice", "/var/~home/alice/x", "/c/~Users/alice/x", "/cygdrive/c/~Users/alice/x", "/usr/~home/alice/x",
    "/export/~home/alice/x", "\\\\server\\~Users\\alice\\x", "\\\\fileserver\\~home\\alice", "\\\\wsl$\\Ubuntu\\~home\\alice\\x",
    "\\\\wsl.localhost\\Debian\\~home\\alice", "//server/~Users/alice/x", "file:///C:/~Users/alice/x", "C:\\\\~Users\\\\alice\\\\x",
    "at run (/~home/alice/app/x.js:10:5)", "../../../~home/alice/x.js", "%2F~home%2Falice%2Fx", "C%3A%5C~Users%5Calice",
    "/System/Volumes/Data/~Users/alice", "/private/~Users/alice/x", "cwd=/~home/alice", "\"/~Users/alice/My Documents\"",
    "C:\\Documents and Settings\\alice\\x", "error in '/~home/alice/x': no such file", "/nfs/~home/alice", "PATH=/bin:/~home/alice/bin",
];

#[rustfmt::skip]
const ADDRESSES: &[&str] = &[
    "10.1.2.3", "http://192.168.0.17:8000/v1", "172.20.0.5", "http://llm.corp/v1", "https://wiki.internal", "fd12:3456:789a::1",
    "fe80::1ff:fe23:4567:890a", "http://[fd00::1]:8080/x", "fc00::7", "connect 10.0.0.8: refused", "fe80::1%25eth0",
    "redis://10.20.30.40:6379", "http://nas.local/x", "host 172.31.255.254.",
];

#[rustfmt::skip]
const MACS: &[&str] = &["02:1a:2b:3c:4d:5e", "AA-BB-CC-DD-EE-01", "0a1b.2c3d.4e5f", "eth0 00:11:22:33:44:55 up", "id=3c:22:fb:aa:bb:cc"];

#[rustfmt::skip]
const CARDS: &[&str] = &[
    "4111 1111 1111 1111", "5555555555554444", "4242-4242-4242-4242", "378282246310005", "3782 822463 10005", "6011111111111117",
    "card 4000056655665556 declined", "3530111333300000",
];

#[rustfmt::skip]
const IBANS: &[&str] = &[
    "DE89 3704 0044 0532 0130 00", "GB29NWBK60161331926819", "FR1420041010050500013M02606", "CH9300762011623852957",
    "to NL91ABNA0417164300.", "ES9121000418450200051332",
];

#[rustfmt::skip]
const DUMPS: &[&str] = &[
    "LLM(model='gpt-4o', temperature=None)", "<crewai.llm.LLM object at 0x7f3a2c1d>", "Config { host: \"x\", port: 1 }",
    "[object Object]", "com.acme.Model@1b6d35c6", "{'name': 'x', 'size': 1}", "map[name:x size:1]",
];

/// Texts with nothing in them.
#[rustfmt::skip]
const NONE: &[&str] = &[
    // Where a secret is kept.
    "password: vault:secret/data/x#key1", "api_key=op://vault1/item/field", "api_key=process.env.KEY1", "api_key=import.meta.env.KEY1",
    "api_key: ref+awsssm://x/y1", "api_key: ${OPENAI_API_KEY}", "password=$DB_PASS1", "api_key: {{ secrets.KEY_1 }}",
    "api_key: arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbC1", "token: ${{ secrets.GITHUB_TOKEN }}",
    "client_secret: @Microsoft.KeyVault(SecretUri=https://v1.vault.azure.net/secrets/x1)", "password: /run/secrets/db1",
    "api_key=os.environ['OPENAI_API_KEY2']", "api_key=os.getenv('KEY2')", "password=keyring:app1/user1", "api_key=env:KEY_1",
    "api_key='OPENAI_API_KEY_2'", "api_key=config.keys.openai1", "api_key: self.settings.key1", "password: <password1>",
    "password = %DB_PASSWORD1%", "private_key: file:///etc/ssl/key1.pem", "api_key: gcpsm:projects/p1/secrets/s1",
    "api_key: projects/p1/secrets/s1/versions/2", "password: sops:ENC1", "passphrase: !vault |1", "--api-key $KEY1",
    "https://{user}:{password}@example.com", "https://user:***@example.com", "https://$USER:$PASS1@example.com/x",
    "https://user:${PASS}@example.com", "Authorization: Bearer $TOKEN", "Authorization: Bearer <token>", "Authorization: ***",
    "Cookie: [redacted]", "X-Api-Key: ***", "curl -u $USER:$PASS https://example.com", "Authorization: Bearer your-token-here-1234",
    // What begins like a token.
    "the key starts with sk- and is long", "set sk-your-api-key-here", "sk-...", "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
    "sk-learn-based-classification-models", "sk-cube-grid__cube-2", "sk-toggleable__label-arrow-3a", "sk-estimator-doc-link",
    "task-management-assistant-2024", "risk-assessment-for-q3-2025-report", "hf_text_generation_pipeline",
    "npm_package_manager_helper_for_developers", "ghp_token", "AKIAIOSFODNN", "AKIAIOSFODNN7EXAMPLE", "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "glpat-xxxxxxxxxxxxxxxxxxxx", "basic understanding of telecommunications", "the bearer of responsibilities-and-obligations",
    "api_key=None base_url=None", "api_key='None'", "api_key=SecretStr('**********')", "password: required",
    "What is the secret: patience and practice", "The password must have at least 8 characters", "-----BEGIN CERTIFICATE-----",
    "-----BEGIN PUBLIC KEY-----", "https://example.com/path:8080@v2", "https://example.com?key=value&token=next",
    "https://alice@example.com/x", "ssh://git@github.com/acme/repo.git", "https://docs.example.com/webhooks/discord",
    "https://example.com/page?session=new", "https://example.com/?code=html", "key-value pairs in a table", "re_run the tests",
    "pat-a-cake", "shp file converter", "xoxo", "EAAccelerator", "the sha256 of it", "v1.0-beta",
    // Identifiers.
    "ffac19590ce26aa74080def0fbaf333f", "a3c711a3-1f5b-4dde-88e1-d6145db822c4", "01ARZ3NDEKTSV4RRFFQ69G5FAVXX",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "1795190951945980484", "req_011CSHoEeqs5C35K2UUqR7Fy",
    "msg_01XFDUDYJgAACzvnptvVoYEL", "toolu_01A09q90qw90lq917835lq9", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "claude-3-5-sonnet-20241022", "anthropic.claude-3-5-sonnet-20240620-v1:0", "gpt-4o-mini-2024-07-18", "build 20260731.4",
    "CustomerPayrollProcessingFlowForQuarter4Reports2025", "Linux-6.1.0-18-amd64-x86_64-with-glibc2.36",
    "sha512-3dfc0b8c", "deadbeefcafe", "1234567890123456", "4111 1111 1111 1112", "tel 4000 123 4567", "order 5500000000000005",
    "SHA256:47:DE:B1:0C:9A:12:34:56:78:9A:BC:DE:F0", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "12:34:56", "2026-11-30",
    "GB00 0000 0000 0000 0000 00", "DE44 5001 0517 5407 3249 32", "XX89370400440532013000", "AB12 CD34 EF56 GH78",
    // Addresses that everybody has.
    "127.0.0.1", "http://localhost:11434", "http://host.docker.internal:11434/v1", "http://gateway.docker.internal/x", "8.8.8.8",
    "http://host.containers.internal:8080", "http://metadata.google.internal/computeMetadata/v1", "v10.1.2.3", "10.0.19045",
    "172.40.0.5", "::1", "2001:4860:4860::8888", "fe80", "std::fs::read", "fc00", "com.foo.internal", "https://api.example.com",
    "ab:cd:ef", "face:b00c",
    // What looks like mail.
    "react@18.2.0", "icon@2x.png", "logo@2x.ai", "myapp@0.1.0.dev", "foo@1.2.io", "git@github.com:owner/name.git", "search@v2",
    "vertex_ai/claude-3-5-sonnet@20240620", "model@us.anthropic", "@alice", "a @ b.com", "npm i @scope/package@1.0.0-beta.1",
    "pkg@1.2.3", "logo@3x.webp", "hero@2x.jpg", "deploy@host:/srv/app", "x = a@b.fit(y)", "img@sha256:abcdef", "lodash@^4.17.21",
    "@types/node@20.1.0", "action/checkout@v4", "me@", "@media screen", "python@3.11.rs", "docker.io/library/node@18.dev",
    // Homes of nobody.
    "/~home/{user}", "/~home/$USER", "https://example.com/~home/products", "https://api.example.com/v1/~Users/42",
    "C:\\~Users\\Public\\x", "/usr/lib/python3", "prompts/en.json", "~/crew", "/~home/runner/work/app/app", "/~Users/runner/work/x",
    "C:\\~Users\\runneradmin\\AppData", "/~home/circleci/project", "/~home/vscode/.cache", "/~home/node/app", "/root/app",
    "C:\\~Users\\%USERNAME%\\x", "/~Users/Shared/x", "/~home", "the ~home/page of it", "/workspace/home.html", "/~home/<name>/x",
    "C:\\Windows\\System32", "\\\\server\\share\\x", "/opt/app/x", "/~Users/${USER}/x",
    // Plain words.
    "word_counter", "Senior Researcher (Biology)", "Expert in f(x)=y and a = b", "Write {topic} in {language}", "map of [places]",
    "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1", "100%25 done", "50% off", "a%zz", "session started", "exit code 1",
    "Error: ENOENT: no such file or directory", "TypeError: Cannot read properties of undefined (reading 'x')", "GET /api/v1/items 200",
    "tokens: 1234 in, 567 out", "token count 12345", "input_tokens=1234", "max_tokens: 4096", "Mozilla/5.0 (X11; Linux x86_64)",
    "https://docs.google.com/document/d/1aB3dE5gH7jK9mN2pQ4sT6vX8zY1cF0/edit", "data:image/png;base64,aB3dE5gH7jK9mN2pQ4sT6vX8zY1cF0",
    "use strict; let a = 1;", "key: value", "secret santa 2025", "private beta", "credentials expired", "pass 3 of 4",
];

struct Case {
    text: String,
    expected: Option<Rule>,
}

/// The texts. Around a token stand words, a member of JSON, an assignment, and the codes of an address, by turns.
fn corpus() -> Vec<Case> {
    let mut random = fastrand::Rng::with_seed(12);
    let around: [fn(&str) -> String; 5] = [
        str::to_owned,
        |token| format!("failed with {token}, see the log"),
        |token| format!("{{\"value\": \"{token}\"}}"),
        |token| format!("https://x.example/cb?u=a%20{token}%26x"),
        |token| format!("VALUE={token}"),
    ];
    let mut cases = Vec::new();
    let mut add = |text: String, expected| cases.push(Case { text, expected });
    for (position, form) in TOKENS.iter().enumerate() {
        for turn in [position, position + 2] {
            add(around[turn % around.len()](&drawn(form, &mut random)), Some(Rule::Secret));
        }
    }
    for (texts, expected) in [
        (SECRETS, Some(Rule::Secret)),
        (MAILS, Some(Rule::Email)),
        (HOMES, Some(Rule::HomePath)),
        (ADDRESSES, Some(Rule::PrivateAddress)),
        (MACS, Some(Rule::MacAddress)),
        (CARDS, Some(Rule::CardNumber)),
        (IBANS, Some(Rule::Iban)),
        (DUMPS, Some(Rule::ObjectDump)),
        (NONE, None),
    ] {
        texts.iter().for_each(|text| add(drawn(&text.replace('~', ""), &mut random), expected));
    }
    cases
}

/// A text with letters and digits drawn for its `{n36}`.
fn drawn(form: &str, random: &mut fastrand::Rng) -> String {
    let mut text = String::new();
    let mut rest = form;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let end = after.find('}').unwrap_or_default();
        let kind = after.chars().next().unwrap_or_default();
        match after.get(1..end).and_then(|length| length.parse().ok()).filter(|_| "nxuld".contains(kind)) {
            Some(length) => {
                text.extend(characters(kind, length, random));
                rest = &after[end + 1..];
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text + rest
}

fn characters(kind: char, length: usize, random: &mut fastrand::Rng) -> Vec<char> {
    let letters: &[u8] = match kind {
        'x' => b"0123456789abcdef",
        'u' => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        'l' => b"abcdefghijklmnopqrstuvwxyz0123456789",
        'd' => b"123456789",
        _ => b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    };
    let mut drawn: Vec<char> = (0..length).map(|_| char::from(letters[random.usize(..letters.len())])).collect();
    // Long runs of a service have a digit: what has none is told from words by nothing.
    if length > 7 {
        drawn[3] = '7';
    }
    drawn
}

/// The rules that a text breaks as the value of a plain attribute.
fn found(text: &str) -> BTreeSet<Rule> {
    let mut audit = Audit::new(&CATALOGUE);
    audit.begin("text", Granted::Default);
    let payload = json!({
        "kind": "span", "name": "Done", "startTimeUnixNano": "1", "endTimeUnixNano": "2", "attributes": {"what": text},
    });
    audit.add_payload(&Payload::from(payload));
    audit
        .report()
        .findings
        .iter()
        .map(|finding| finding.rule)
        .filter(|rule| *rule != Rule::ObjectDump || !text.starts_with("{\""))
        .collect()
}

#[test]
fn precision_and_recall() {
    let corpus = corpus();
    let (mut right, mut missed, mut false_alarms) = (0_u32, Vec::new(), Vec::new());
    for Case { text, expected } in &corpus {
        let found = found(text);
        match expected {
            Some(rule) if found.contains(rule) => right += 1,
            Some(rule) => missed.push(format!("{rule}: {text}")),
            None => {}
        }
        // A long hexadecimal text where no identifier is declared is worth a look.
        let surplus = found.iter().filter(|rule| Some(**rule) != *expected && !is_hash(text));
        false_alarms.extend(surplus.map(|rule| format!("{rule}: {text}")));
    }
    let recall = f64::from(right) / (f64::from(right) + missed.len() as f64);
    let precision = f64::from(right) / (f64::from(right) + false_alarms.len() as f64);
    println!("{} texts: precision {precision:.3}, recall {recall:.3}", corpus.len());
    println!("missed:\n  {}\nfalse alarms:\n  {}", missed.join("\n  "), false_alarms.join("\n  "));
    assert!(corpus.len() >= 300, "{}", corpus.len());
    assert!(recall >= 0.95, "recall {recall:.3}: {missed:#?}");
    assert!(precision >= 0.95, "precision {precision:.3}: {false_alarms:#?}");
}

fn is_hash(text: &str) -> bool {
    text.len() >= 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Every secret of a text is named, the kinds one by one.
#[test]
fn every_secret_of_a_text() {
    let mut random = fastrand::Rng::with_seed(7);
    let text =
        ["ghp_{n36}", "glpat-{n20}", "ghp_{n36}", "dapi{x32}"].map(|form| drawn(form, &mut random)).join(" and ");
    let mut audit = Audit::new(&CATALOGUE);
    audit.begin("text", Granted::Default);
    audit.add_payload(&Payload::from(json!({"kind": "span", "name": "Done", "attributes": {"what": text}})));
    let report = audit.report();
    let said: Vec<_> = report.findings.iter().map(|finding| format!("{} {}", finding.count, finding.message)).collect();
    assert_eq!(said, ["2 holds a GitHub token", "1 holds a GitLab token", "1 holds a Databricks token"]);
}

/// Headers are known by their names, whatever their value looks like.
#[test]
fn headers_by_their_name() {
    let rules = |key: &str, value: serde_json::Value| -> BTreeSet<Rule> {
        let mut audit = Audit::new(&CATALOGUE);
        audit.begin("text", Granted::Default);
        audit.add_payload(&Payload::from(json!({"kind": "span", "name": "Done", "attributes": {key: value}})));
        audit.report().findings.iter().map(|finding| finding.rule).collect()
    };
    for key in [
        "authorization",
        "Cookie",
        "set-cookie",
        "x-api-key",
        "http.request.header.authorization",
        "http.request.header.x-api-key",
        "http.response.header.set-cookie",
        "http.request.header.x_goog_api_key",
        "proxy-authorization",
        "rpc.grpc.request.metadata.authorization",
    ] {
        assert!(rules(key, json!("opaque word")).contains(&Rule::Secret), "{key}");
        assert!(rules(key, json!(["opaque"])).contains(&Rule::Secret), "{key} in a list");
        assert!(!rules(key, json!("Bearer [redacted]")).contains(&Rule::Secret), "{key} redacted");
    }
    for key in ["http.request.header.user-agent", "http.request.header.content-type", "cookie.count", "authorized"] {
        assert!(!rules(key, json!("opaque")).contains(&Rule::Secret), "{key}");
    }
}
