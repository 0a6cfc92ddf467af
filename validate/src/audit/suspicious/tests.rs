use super::*;

/// `length` letters and digits as a token has them. No token stands in this file, so no scanner of secrets minds it.
fn random(length: usize) -> String {
    "aB3dE5gH7jK9mN2pQ4sT6vX8zY1cF0".chars().cycle().take(length).collect()
}

fn home(parts: &[&str]) -> String {
    format!("/{}", parts.join("/"))
}

#[track_caller]
fn check(text: &str, expected: Option<Rule>) {
    let found: Vec<Rule> = suspicions(text).into_iter().map(|suspicion| suspicion.rule).collect();
    assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{text}");
    // Nothing hides behind other words.
    if let Some(rule) = expected {
        let inside = format!("see {text} there");
        assert!(suspicions(&inside).iter().any(|suspicion| suspicion.rule == rule), "{inside}");
    }
}

#[test]
fn tokens() {
    for (before, length) in [
        ("sk-", 48),
        ("sk-", 16),
        ("sk-proj-", 40),
        ("sk-ant-api03-", 60),
        ("sk-or-v1-", 40),
        ("sk_live_", 24),
        ("rk_test_", 24),
        ("ghp_", 36),
        ("gho_", 36),
        ("github_pat_", 60),
        ("glpat-", 20),
        ("AIza", 35),
        ("ya29.", 40),
        ("hf_", 34),
        ("npm_", 36),
        ("pypi-AgEIcHlwaS5vcmc", 60),
        ("gsk_", 40),
        ("xai-", 40),
        ("tvly-", 24),
        ("lsv2_pt_", 32),
    ] {
        check(&format!("{before}{}", random(length)), Some(Rule::Secret));
    }
    for secret in [
        "AKIA1234567890ABCDEF".to_owned(),
        format!("{}/{}+{}", random(13), random(7), random(18)),
        format!("SK{}", "0123456789abcdef".repeat(2)),
        format!("xoxb-123456789012-{}", random(24)),
        format!("https://hooks.slack.com/services/T0000/B0000/{}", random(24)),
        format!("SG.{}.{}", random(22), random(43)),
        format!("eyJ{}.eyJ{}.{}", random(20), random(40), random(40)),
        format!("Bearer {}", random(30)),
        "Authorization: Basic dXNlcjpwYXNz".to_owned(),
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE".to_owned(),
        "-----BEGIN PRIVATE KEY-----".to_owned(),
    ] {
        check(&secret, Some(Rule::Secret));
    }
}

#[test]
fn passwords_and_addresses_with_them() {
    for secret in [
        "postgres://admin:hunter2@db.example.com/crew",
        "https://:s3cret@example.com",
        "redis://default:abc@10.example.com:6379",
        "https://api.example.com/v1?api_key=abcd1234efgh",
        "https://example.com/x?sig=a1b2c3d4e5f6&x=1",
        "api_key='abcd1234'",
        "{\"password\": \"correct-horse\"}",
        "OPENAI_API_KEY=abcd1234efgh",
        "client_secret: a1b2c3d4e5",
    ] {
        check(secret, Some(Rule::Secret));
    }
}

#[test]
fn no_secrets() {
    for text in [
        "the key starts with sk- and is long",
        "set sk-your-api-key-here",
        "sk-...",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxx",
        "sk-learn-based-classification-models",
        "task-management-assistant-2024",
        "risk-assessment-for-q3-2025-report",
        "hf_text_generation_pipeline",
        "npm_package_manager_helper_for_developers",
        "ghp_token",
        "AKIAIOSFODNN",
        "basic understanding of telecommunications",
        "the bearer of responsibilities-and-obligations",
        "https://{user}:{password}@example.com",
        "https://user:***@example.com",
        "https://example.com/path:8080@v2",
        "https://example.com?key=value&token=next",
        "api_key=None base_url=None",
        "api_key='None'",
        "api_key=os.environ['OPENAI_API_KEY']",
        "api_key: ${OPENAI_API_KEY}",
        "api_key=SecretStr('**********')",
        "password: required",
        "What is the secret: patience and practice",
        "The password must have at least 8 characters",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----",
    ] {
        check(text, None);
    }
}

#[test]
fn random_texts() {
    check(&random(40), Some(Rule::RandomText));
    check(&format!("token {} end", random(32)), Some(Rule::RandomText));
    for text in [
        "ffac19590ce26aa74080def0fbaf333f",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "a3c711a3-1f5b-4dde-88e1-d6145db822c4",
        "CustomerPayrollProcessingFlowForQuarter4Reports2025",
        "Linux-6.1.0-18-amd64-x86_64-with-glibc2.36",
        "01ARZ3NDEKTSV4RRFFQ69G5FAVXX",
        "IMG20231105T123456ScreenshotOfTheScreen",
        "getHTTPResponseCodeFromURL2AndParseJSON",
        "Donaudampfschifffahrtsgesellschaftskapitaen",
        "https://docs.google.com/document/d/1aB3dE5gH7jK9mN2pQ4sT6vX8zY1cF0/edit",
        "data:image/png;base64,aB3dE5gH7jK9mN2pQ4sT6vX8zY1cF0",
        "1795202965117174826179520296511717482",
        "docs/Guides/Crews2/TheFirstCrew/Overview",
    ] {
        check(text, None);
    }
}

#[test]
fn hexadecimal_texts() {
    assert!(hexadecimal("tool 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08").is_some());
    for text in ["a3c711a3-1f5b-4dde-88e1-d6145db822c4", "00000000000000000000000000000000", "word_counter", ""] {
        assert!(hexadecimal(text).is_none(), "{text}");
    }
}

#[test]
fn e_mail_addresses() {
    for text in ["alice@example.com", "Bob.Smith+crew@mail.example.co.uk", "mailto:a.b@firma.de", "<x@y.io>"] {
        check(text, Some(Rule::Email));
    }
    for text in [
        "react@18.2.0",
        "icon@2x.png",
        "git@github.com:owner/name.git",
        "vertex_ai/claude-3-5-sonnet@20240620",
        "model@us.anthropic",
        "search@v2",
        "@alice",
        "a @ b.com",
        "npm i @scope/package@1.0.0-beta.1",
    ] {
        check(text, None);
    }
}

#[test]
fn paths_in_homes() {
    for path in [
        home(&["home", "alice", "models", "llama.gguf"]),
        home(&["Users", "alice"]),
        format!("file://{}", home(&["home", "alice"])),
        home(&["mnt", "c", "Users", "alice"]),
        r"C:\Users\alice\crew.py".to_owned(),
        format!("d:{}", home(&["Users", "alice"])),
    ] {
        check(&path, Some(Rule::HomePath));
    }
    for path in [
        home(&["home", "{user}"]),
        home(&["home", "$USER"]),
        format!("https://example.com{}", home(&["home", "products"])),
        format!("https://api.example.com/v1{}", home(&["Users", "42"])),
        r"C:\Users\Public\x".to_owned(),
        "/usr/lib/python3".to_owned(),
        "prompts/en.json".to_owned(),
        "~/crew".to_owned(),
    ] {
        check(&path, None);
    }
}

#[test]
fn private_addresses() {
    for text in ["10.1.2.3", "http://192.168.0.17:8000/v1", "172.20.0.5", "http://llm.corp/v1", "https://wiki.internal"]
    {
        check(text, Some(Rule::PrivateAddress));
    }
    for text in [
        "10.0.19045",
        "10.0.19045.3",
        "172.40.0.5",
        "127.0.0.1",
        "http://localhost:11434",
        "v10.1.2.3",
        "8.8.8.8",
        "com.foo.internal",
    ] {
        check(text, None);
    }
}

#[test]
fn object_dumps() {
    for text in [
        "LLM(model='gpt-4o', temperature=None)",
        "ChatOpenAI(client=<openai.Client object>, n=1)",
        "llm_type='base' model='fake-eval-model' temperature=None top_p=None api_key=None",
        "<crewai.llm.LLM object at 0x7f3a2c1d>",
        "<function run at 0x7f3a2c1d>",
        "Config { host: \"x\", port: 1 }",
        "[object Object]",
        "com.acme.Model@1b6d35c6",
        "{'name': 'x', 'size': 1}",
        "map[name:x size:1]",
    ] {
        check(text, Some(Rule::ObjectDump));
    }
    for text in [
        "gpt-4o",
        "openai/gpt-4o-mini",
        "anthropic.claude-3-5-sonnet-20240620-v1:0",
        "ChatOpenAI",
        "Senior Researcher (Biology)",
        "Expert in f(x)=y and a = b",
        "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1",
        "Darwin Kernel Version 23.1.0: Mon Oct  9 21:27:24 PDT 2023; root:xnu-10002.41.9~6/RELEASE_ARM64_T6000",
        "Write {topic} in {language}",
        "map of [places]",
        "com.acme.Model",
        "Claude@20240620",
    ] {
        check(text, None);
    }
}

#[test]
fn secrets_by_the_name_of_their_member() {
    for (name, value) in
        [("api_key", "abcd1234"), ("OPENAI_API_KEY", "abcd1234"), ("dbPassword", "hunter2"), ("client-secret", "x-y-z")]
    {
        assert!(named_secret(name, value).is_some(), "{name}");
    }
    for (name, value) in [
        ("api_key", "None"),
        ("api_key", ""),
        ("key", "abcd1234"),
        ("token", "llama"),
        ("secret", "a long sentence"),
        ("monkey", "abcd1234"),
    ] {
        assert!(named_secret(name, value).is_none(), "{name}");
    }
}

#[test]
fn no_example_tells_the_value() {
    let token = format!("ghp_{}", random(36));
    let found = suspicions(&format!("{token} alice@example.com"));
    assert_eq!(found[0].example, "ghp_… (40 characters)");
    assert_eq!(found[1].example, "xxxxx@xxxxxxx.xxx");
}
