import Prober

/// The sockets at which packets come out.
struct ReceiptPlace: Hashable {
    var sockets: [HostReading.SocketKey] = []
    var tellsBytes = false
    var tellsDrops = false

    var hasSocket: Bool { !sockets.isEmpty }
}
