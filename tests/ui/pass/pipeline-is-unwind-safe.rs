use std::panic::{RefUnwindSafe, UnwindSafe};

fn is_safe<T: RefUnwindSafe + UnwindSafe>() {}

fn main() {
    is_safe::<candor::Pipeline>();
    is_safe::<&candor::Pipeline>();
}
