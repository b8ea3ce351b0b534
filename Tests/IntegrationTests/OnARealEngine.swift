import EngineGate
import Testing

/// Everything that drives `pgbc` on a real engine, one test after another: the machine has few cores, and free ports and
/// networks are chosen by looking.
@Suite(
    .serialized,
    .enabled(if: await EngineGate.isOpen(), "no Docker engine answers; in CI the tests run all the same and fail")
)
enum OnARealEngine {}
