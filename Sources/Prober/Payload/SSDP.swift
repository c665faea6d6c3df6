/// The discovery of UPnP (UPnP Device Architecture 2.0).
extension DatagramRequest {
    /// Asks for the root device, which is the fewest one can ask for; it gives nothing back.
    static let ssdp = DatagramRequest(
        .ssdp, "its root device", specification: "UPnP Device Architecture 2.0, 1.3.2, 1.3.3",
        proof: "a UPnP device tells strangers what it is, which can be turned against others",
        traits: [.amplifies, .movesPort],
        write: { bytes, _ in
            bytes.append(text: "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n")
            bytes.append(text: "MAN: \"ssdp:discover\"\r\nMX: 1\r\nST: upnp:rootdevice\r\n\r\n")
        },
        recognise: { reply, _ in
            guard reply.has("HTTP/1.1 200"), reply.hasHeader("usn:"), reply.hasHeader("st:") else {
                return .unrecognised
            }
            return .valid
        })
}
