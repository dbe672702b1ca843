//! Memory of a waiting task of smol in bytes: `scripts/task-memory-anchors`.

mod shared;

use shared::{HOUR, arrived, measure};
use smol::Timer;

fn main() {
    measure(
        || {
            smol::spawn(async {
                arrived();
                Timer::after(HOUR).await;
            })
        },
        smol::spawn,
    );
}
