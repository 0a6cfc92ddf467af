struct Plain;

fn report(pipeline: &candor::Pipeline) {
    pipeline.emit(&Plain);
}

fn main() {}
