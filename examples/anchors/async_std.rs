//! Memory of a waiting task of async-std in bytes: `scripts/task-memory-anchors`.

mod shared;

use async_std::task;
use shared::{HOUR, arrived, measure};

fn main() {
    measure(
        || {
            task::spawn(async {
                arrived();
                task::sleep(HOUR).await;
            })
        },
        task::spawn,
    );
}
