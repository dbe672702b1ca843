//! Bytes that a waiting task of smol occupies: `scripts/task-memory-anchors`.

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
