//! Memory of a waiting task of tokio in bytes: `scripts/task-memory-anchors`.

mod shared;

use shared::{HOUR, arrived, measure};
use tokio::runtime::Runtime;

fn main() {
    let runtime = Runtime::new().expect("tokio starts");
    let (sleep, wait) = (runtime.handle().clone(), runtime.handle().clone());
    measure(
        move || {
            sleep.spawn(async {
                arrived();
                tokio::time::sleep(HOUR).await;
            })
        },
        move |future| wait.spawn(future),
    );
}
