/// Packets by number: those that are alike have the same.
struct PacketPool {
    typealias Number = Int

    private var packets: [Packet] = []
    private var numbers: [Packet: Number] = [:]

    /// How many different packets there are; their numbers are those below.
    var count: Int { packets.count }

    subscript(number: Number) -> Packet { packets[number] }

    /// The number of `packet`.
    mutating func number(of packet: Packet) -> Number {
        if let number = numbers[packet] { return number }
        numbers[packet] = packets.count
        packets.append(packet)
        return packets.count - 1
    }
}
