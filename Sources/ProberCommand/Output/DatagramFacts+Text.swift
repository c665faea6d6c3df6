import Prober

extension DatagramFacts {
    /// What a person should know of the UDP part beside its outcomes, a sentence each.
    var sentences: [String] {
        var lines: [String] = []
        if kernelDrops > 0 {
            lines.append(
                "udp: the kernel dropped \(kernelDrops.counted("datagram")) that came too fast; "
                    + "ask again with a lower --rate")
        }
        if wrongToken > 0 {
            lines.append(
                "udp: \(wrongToken.counted("reply", "replies")) to other requests than ours: not "
                    + "counted")
        }
        return lines
    }
}
