import SystemPackage

/// What is known of one UDP endpoint of a wave while it is asked.
struct DatagramProbe {
    /// When the last request left.
    var sentAt = MonotonicTime(nanoseconds: 0)
    /// Which positions of its sequence were asked, a bit for each.
    var asked: UInt32 = 0
    /// The round trip of a reply that no request knew, in microseconds.
    var roundTrip: UInt32 = 0
    /// How many datagrams left for it.
    var packets: UInt16 = 0
    /// Why the last datagram could not leave; 0 when it did.
    var failure: Int16 = 0
    /// How far it is.
    var stage = Stage.untouched
    /// What the controls of its host did.
    var controls = Silence.Controls.notAsked
    /// How often it stayed silent while a control answered.
    var quietRounds: UInt8 = 0

    /// How far an endpoint is.
    enum Stage {
        /// Never asked.
        case untouched
        /// It is a port that this scan itself sends from: asked last, from another port.
        case postponed
        /// Asked, and nothing came.
        case waiting
        /// A reply came that no request knew.
        case answered
        /// Its outcome is handed over.
        case concluded
    }

    /// Whether more may be learnt of it.
    var isOpenEnded: Bool { stage == .waiting || stage == .answered }
}
