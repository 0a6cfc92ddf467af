//! The validator of the benches' catalogue, as the generator writes it.

fn main() -> std::process::ExitCode {
    candor_codegen::Builder::new("telemetry.yaml").validator().generate()
}
