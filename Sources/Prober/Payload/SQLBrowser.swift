/// The resolution protocol of Microsoft SQL Server (MC-SQLR).
extension DatagramRequest {
    /// Asks for the instances of the host, all of them: to ask for one takes its name.
    static let sqlBrowser = DatagramRequest(
        .sqlBrowser, "the instances of the host", specification: "MC-SQLR, 2.2.2, 2.2.5",
        proof: "a SQL Server Browser tells strangers its instances, versions and ports",
        traits: .amplifies,
        write: { bytes, _ in bytes.append(UInt8(3)) },
        recognise: { reply, _ in
            guard reply.byte(at: 0) == 5, let length: UInt16 = reply.number(at: 1),
                Int(length.byteSwapped) == reply.byteCount - 3, reply.has("ServerName;", at: 3)
            else { return .unrecognised }
            return .valid
        })
}
