import Prober

extension ReplyExample {
    /// What the specifications say that is answered, for services without a daemon at hand.
    static let specified: [ReplyExample] = [
        ReplyExample(
            .systat, 0, from: "RFC 866", repeatsToken: false,
            """
            726f6f742020202020747479312020202020202020204e6f762032342030383a34300d0a
            """),
        ReplyExample(
            .qotd, 0, from: "RFC 865", repeatsToken: false,
            """
            22476f6f6420656e6f756768222069732074686520656e656d79206f662022626574746572222e0d
            0a
            """),
        ReplyExample(
            .ntp, 1, from: "RFC 9327",
            """
            16814e500616000000000004c0a1961a
            """),
        ReplyExample(
            .cldap, 0, from: "RFC 4511",
            """
            302c02044e505301642404003020301e0414737570706f727465644c44415056657273696f6e3106
            040133040132
            """),
        ReplyExample(
            .cldap, 0, from: "RFC 4511",
            """
            300f02044e50530165070a010004000400
            """),
        ReplyExample(
            .slp, 0, from: "RFC 2608",
            """
            020b00004100000000004e500002656e0023736572766963653a736572766963652d6167656e743a
            2f2f3230332e302e3131332e32000744454641554c54000000
            """),
        ReplyExample(
            .sqlBrowser, 0, from: "MC-SQLR", repeatsToken: false,
            """
            0554005365727665724e616d653b4c41423b496e7374616e63654e616d653b53514c455850524553
            533b4973436c757374657265643b4e6f3b56657273696f6e3b31352e302e323030302e353b746370
            3b313433333b3b
            """),
        ReplyExample(
            .nfs, 0, from: "RFC 5531",
            """
            4e5053010000000100000000000000000000000000000000
            """),
        ReplyExample(
            .nfs, 0, from: "RFC 5531 (denied)",
            """
            4e5053010000000100000001000000000000000200000002
            """),
        ReplyExample(
            .gtp, 0, from: "TS 29.274",
            """
            400200094e5053000300010005
            """),
        ReplyExample(
            .gtp, 0, from: "TS 29.274 (version not supported)",
            """
            400300044e505300
            """),
        ReplyExample(
            .wsDiscovery, 0, from: "WS-Discovery",
            """
            3c3f786d6c2076657273696f6e3d22312e30223f3e3c733a456e76656c6f706520786d6c6e733a73
            3d22687474703a2f2f7777772e77332e6f72672f323030332f30352f736f61702d656e76656c6f70
            65223e3c733a4865616465723e3c613a52656c61746573546f3e75726e3a757569643a3465353035
            3330312d303230332d343030302d383030302d3034303530353034303330323c2f613a52656c6174
            6573546f3e3c2f733a4865616465723e3c733a426f64793e3c643a50726f62654d6174636865732f
            3e3c2f733a426f64793e3c2f733a456e76656c6f70653e
            """),
        ReplyExample(
            .iax2, 0, from: "RFC 5456",
            """
            800100014e50530100010603
            """),
        ReplyExample(
            .llmnr, 0, from: "RFC 4795",
            """
            4e508000000100010000000001320331313301300332303307696e2d61646472046172706100000c
            0001c00c000c00010000001e0006036c61620000
            """),
        ReplyExample(
            .pfcp, 0, from: "TS 29.244",
            """
            2002000c4e50530000600004e8a1b2c3
            """),
        ReplyExample(
            .raknet, 0, from: "RakNet",
            """
            1c4e50530102030405010203040506070800ffff00fefefefefdfdfdfd1234567800104d4350453b
            4c61623b3734383b312e32
            """),
        ReplyExample(
            .sourceQuery, 0, from: "A2S_INFO (challenge)", repeatsToken: false,
            """
            ffffffff41aabbccdd
            """),
        ReplyExample(
            .sourceQuery, 0, from: "A2S_INFO", repeatsToken: false,
            """
            ffffffff49114c61620064655f64757374320063737472696b6500436f756e7465722d537472696b
            6500f000051000646c0000
            """),
        ReplyExample(
            .quake3, 0, from: "Quake III",
            """
            ffffffff696e666f526573706f6e73650a5c6368616c6c656e67655c346535303533303130323033
            303430355c70726f746f636f6c5c36385c686f73746e616d655c4c61625c6d61706e616d655c7133
            646d36
            """),
        ReplyExample(
            .etherNetIP, 0, from: "CIP volume 2",
            """
            63002800000000000000000000004e50530102030000000001000c00220001000002af12cb007102
            000000000000000001000c00330001010000785634120003
            """),
        ReplyExample(
            .bacnet, 0, from: "ASHRAE 135",
            """
            810a00180100304e0c0c02000001194d3e7504004c61623f
            """),
        ReplyExample(
            .bacnet, 0, from: "ASHRAE 135 (an error from behind a router)",
            """
            810a001101080005010a504e0c91029120
            """),
    ]
}
