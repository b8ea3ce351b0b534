import EngineGate
import Testing

/// Everything that drives `pgbc` on a real engine, one test after another: the machine has few cores, and free ports and
/// networks are chosen by looking.
@Suite(.serialized, .enabled("a Docker engine answers, or this is CI") { await EngineGate.isOpen() })
enum OnARealEngine {}
