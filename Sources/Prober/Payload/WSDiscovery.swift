/// Web Services Dynamic Discovery (OASIS WS-Discovery 1.1; devices speak the version of 2005).
extension DatagramRequest {
    /// Asks whoever hears it to tell itself, in a message whose number the answer refers to.
    static let wsDiscovery = DatagramRequest(
        .wsDiscovery, "what it is",
        specification: "WS-Discovery (2005), 5.2, 5.3; SOAP-over-UDP, 3",
        proof: "a device tells strangers what it is, which can be turned against others",
        traits: [.amplifies, .movesPort],
        write: { bytes, context in
            bytes.append(text: "<?xml version=\"1.0\" encoding=\"utf-8\"?>")
            bytes.append(text: "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"")
            bytes.append(text: " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\"")
            bytes.append(text: " xmlns:d=\"http://schemas.xmlsoap.org/ws/2005/04/discovery\">")
            bytes.append(
                text: "<s:Header><a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To>")
            bytes.append(text: "<a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe")
            bytes.append(text: "</a:Action><a:MessageID>urn:uuid:")
            bytes.append(hexDigitsOf: context.token, 4)
            bytes.append(text: "-")
            bytes.append(hexDigitsOf: context.token, 2, from: 4)
            bytes.append(text: "-4000-8000-")  // a random identifier (RFC 9562, 5.4)
            bytes.append(hexDigitsOf: context.token, 6, from: 6)
            bytes.append(text: "</a:MessageID></s:Header><s:Body><d:Probe/></s:Body></s:Envelope>")
        },
        recognise: { reply, context in
            guard reply.position(of: "Envelope") != nil,
                let relation = reply.position(of: "RelatesTo"),
                let id = reply.position(of: "urn:uuid:", from: relation)
            else { return .unrecognised }
            let isOurs =
                reply.hasHexDigits(of: context.token, 4, at: id + 9)
                && reply.hasHexDigits(of: context.token, 6, from: 6, at: id + 33)
            return isOurs ? .valid : .wrongToken
        })
}
