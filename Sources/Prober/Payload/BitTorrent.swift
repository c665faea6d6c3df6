/// The distributed hash table of BitTorrent (BEP 5).
extension DatagramRequest {
    /// Asks whether the node is there, as a node of our own that keeps no table.
    static let bittorrentPing = DatagramRequest(
        .bittorrent, "whether it is there", specification: "BEP 5 (KRPC, ping)",
        proof: "a BitTorrent client takes part in the public table from here",
        write: { bytes, context in
            bytes.append(text: "d1:ad2:id20:")
            bytes.append(context.token, 20)
            bytes.append(text: "e1:q4:ping1:t4:")
            bytes.append(context.token, 4, from: 20)
            bytes.append(text: "1:y1:qe")
        },
        recognise: { reply, context in
            // The dictionary of a response or an error; its keys are sorted, so "y" is the last.
            guard reply.has("d"),
                reply.has("1:y1:re", at: reply.byteCount - 7)
                    || reply.has("1:y1:ee", at: reply.byteCount - 7),
                let transaction = reply.position(of: "1:t4:")
            else { return .unrecognised }
            var position: Int? = transaction
            while let found = position {
                if reply.matches(context.token, 4, at: found + 5, from: 20) { return .valid }
                position = reply.position(of: "1:t4:", from: found + 1)
            }
            return .wrongToken
        })
}
