//! Generates the emitters of `telemetry/` into `OUT_DIR`.

fn main() -> std::process::ExitCode {
    candor_codegen::Builder::new("telemetry").generate()
}
