//! Keys of OpenTelemetry's conventions that carry what people typed, what they are called, or where they are.

/// Keys by themselves.
const PERSONAL: [&str; 42] = [
    "process.command",
    "process.command_args",
    "process.command_line",
    "process.owner",
    "process.executable.path",
    "process.working_directory",
    "process.title",
    "process.user.name",
    "process.real_user.name",
    "process.saved_user.name",
    "process.environment",
    "host.name",
    "host.id",
    "host.ip",
    "host.mac",
    "hostname",
    "device.id",
    "client.address",
    "client.ip",
    "net.host.name",
    "net.host.ip",
    "net.peer.ip",
    "net.sock.peer.addr",
    "network.peer.address",
    "network.local.address",
    "source.address",
    "http.client_ip",
    "user",
    "username",
    "user_name",
    "user_email",
    "userEmail",
    "userName",
    "email",
    "login",
    "machine.name",
    "machine.id",
    "computer.name",
    "cwd",
    "working_directory",
    "home",
    "enduser",
];

/// Keys by their beginning.
const PERSONAL_GROUPS: [&str; 8] = [
    "user.",
    "enduser.",
    "process.environment_variable.",
    "process.owner.",
    "geo.",
    "organization.user.",
    "account.",
    "process.args",
];

/// Returns true if an unlisted key is about a person or a machine by its name.
pub(super) fn is_personal(key: &str) -> bool {
    PERSONAL.contains(&key) || PERSONAL_GROUPS.iter().any(|group| key.starts_with(group))
}

/// The schema that OpenTelemetry's own instrumentation names says nothing about anybody.
pub(super) fn is_common_schema(key: &str, value: &serde_json::Value) -> bool {
    key == "schemaUrl" && value.as_str().is_some_and(|url| url.starts_with("https://opentelemetry.io/schemas/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_keys() {
        for key in ["process.command_args", "process.owner", "host.name", "user.email", "enduser.id", "hostname"] {
            assert!(is_personal(key), "{key}");
        }
        for key in ["process.runtime.version", "host.arch", "os.type", "user_agent.original", "service.version", ""] {
            assert!(!is_personal(key), "{key}");
        }
    }
}
