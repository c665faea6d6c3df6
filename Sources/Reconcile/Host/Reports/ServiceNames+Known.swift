import Prober

extension ServiceNames {
    /// Names that systems print, and their ports: what IANA registered, and what old systems have
    /// in their files beyond that.
    ///
    /// A line is names, a number, and `t`, `u` or both. Nothing is taken from any system's file.
    static let known: ServiceEntries = {
        var entries = ServiceEntries()
        for line in facts.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count >= 3, let port = UInt16(words[words.count - 2]) else { continue }
            for name in words.dropLast(2) {
                for (letter, transport) in [("t", Transport.tcp), ("u", .udp)]
                where words[words.count - 1].contains(letter) {
                    entries.add(String(name), port, transport)
                }
            }
        }
        return entries
    }()

    private static let facts = """
        tcpmux 1 tu
        compressnet 2 tu
        compressnet 3 tu
        rje 5 tu
        echo 7 tu
        discard sink null 9 tu
        systat users 11 tu
        daytime 13 tu
        netstat 15 t
        qotd quote 17 tu
        msp 18 tu
        chargen ttytst source 19 tu
        ftp-data 20 tu
        ftp 21 tu
        ssh 22 tu
        telnet 23 tu
        smtp mail 25 tu
        nsw-fe 27 tu
        msg-icp 29 tu
        msg-auth 31 tu
        dsp 33 tu
        time timserver 37 tu
        rap 38 tu
        rlp resource 39 tu
        graphics 41 tu
        nameserver 42 tu
        whois nicname 43 tu
        mpm 45 tu
        auditd 48 tu
        tacacs 49 tu
        re-mail-ck 50 tu
        domain 53 tu
        isi-gl 55 tu
        whoispp 63 tu
        covia 64 tu
        sqlnet 66 tu
        bootps dhcps 67 tu
        bootpc dhcpc 68 tu
        tftp 69 tu
        gopher 70 tu
        finger 79 tu
        http www www-http 80 tu
        ttylink 87 t
        kerberos kerberos5 kerberos-sec krb5 88 tu
        supdup 95 tu
        hostnames hostname 101 tu
        iso-tsap tsap 102 tu
        x400 103 tu
        acr-nema dicom 104 tu
        csnet-ns 105 tu
        rtelnet 107 tu
        pop2 postoffice 109 tu
        pop3 pop-3 110 tu
        sunrpc portmap portmapper rpcbind 111 tu
        auth ident tap authentication 113 tu
        sftp 115 tu
        uucp-path 117 tu
        nntp readnews untp 119 tu
        ntp 123 tu
        pwdgen 129 tu
        loc-srv epmap msrpc 135 tu
        netbios-ns nbname 137 tu
        netbios-dgm nbdatagram 138 tu
        netbios-ssn nbsession 139 tu
        imap imap2 imap4 143 tu
        sql-net 150 tu
        snmp 161 tu
        snmptrap snmp-trap 162 tu
        cmip-man 163 tu
        cmip-agent 164 tu
        mailq 174 tu
        xdmcp 177 tu
        nextstep 178 tu
        bgp 179 tu
        prospero 191 tu
        smux 199 tu
        at-rtmp 201 tu
        at-nbp 202 tu
        at-echo 204 tu
        at-zis 206 tu
        qmtp 209 tu
        z3950 wais 210 tu
        ipx 213 tu
        imap3 220 tu
        pawserv 345 tu
        zserv 346 tu
        fatserv 347 tu
        rpc2portmap 369 tu
        codaauth2 370 tu
        clearcase 371 tu
        ulistserv 372 tu
        ldap 389 tu
        imsp 406 tu
        svrloc slp 427 tu
        https 443 tu
        snpp 444 tu
        microsoft-ds 445 tu
        kpasswd kpasswd5 464 tu
        urd 465 t
        submissions smtps ssmtp 465 t
        saft 487 tu
        isakmp ike 500 tu
        dantz retrospect 497 tu
        exec 512 t
        biff comsat 512 u
        login rlogin 513 t
        who whod 513 u
        shell cmd rsh 514 t
        syslog 514 u
        printer spooler lpd 515 tu
        talk 517 tu
        ntalk 518 tu
        utime unixtime 519 tu
        efs 520 t
        route router routed rip 520 u
        ripng 521 tu
        timed timeserver 525 tu
        tempo newdate 526 tu
        courier rpc 530 tu
        conference chat 531 tu
        netnews 532 tu
        netwall 533 tu
        uucp uucpd 540 tu
        klogin 543 tu
        kshell krcmd 544 tu
        dhcpv6-client 546 tu
        dhcpv6-server 547 tu
        afpovertcp 548 tu
        idfp 549 tu
        new-rwho new-who 550 tu
        rtsp 554 tu
        remotefs rfs rfs_server 556 tu
        nntps snntp 563 tu
        whoami 565 tu
        submission 587 tu
        nqs 607 tu
        npmp-local 610 tu
        npmp-gui 611 tu
        hmmp-ind 612 tu
        asipregistry 687 tu
        qmqp 628 tu
        ipp cups 631 tu
        ldaps sldap 636 tu
        ldp 646 tu
        rmc 657 tu
        mac-srvr-admin 660 tu
        corba-iiop-ssl 684 tu
        silc 706 tu
        kerberos-adm 749 tu
        kerberos-iv kerberos4 kdc 750 tu
        kerberos_master 751 tu
        passwd_server 752 u
        krb_prop krb5_prop 754 t
        krbupdate 760 t
        webster 765 t
        phonebook 767 tu
        moira_db 775 t
        spamd 783 t
        omirr 808 tu
        rsync 873 tu
        swat 901 t
        rndc 953 t
        ftps-data 989 tu
        ftps 990 tu
        telnets 992 tu
        imaps 993 tu
        pop3s 995 tu
        socks 1080 tu
        proofd 1093 tu
        rootd 1094 tu
        openvpn 1194 tu
        rmiregistry 1099 tu
        kpop 1109 t
        lotusnote lotusnotes 1352 tu
        ms-sql-s 1433 tu
        ms-sql-m 1434 tu
        ica 1494 tu
        ingreslock 1524 tu
        oracle ncube-lm 1521 tu
        prospero-np 1525 tu
        wins 1512 tu
        l2tp l2f 1701 tu
        h323hostcall 1720 tu
        pptp 1723 tu
        radius datametrics 1812 tu
        radius-acct radacct 1813 tu
        ssdp upnp 1900 tu
        mqtt 1883 tu
        msnp 1863 tu
        cisco-sccp 2000 tu
        nfs nfsd shilp 2049 tu
        gnunet 2086 tu
        eklogin 2105 t
        zephyr-srv 2102 tu
        zephyr-clt 2103 tu
        zephyr-hm 2104 tu
        rtcm-sc104 2101 tu
        xmquery 2279 tu
        cvspserver writesrv 2401 tu
        venus 2430 tu
        codasrv 2432 tu
        zebra 2601 t
        mon 2583 tu
        gsigatekeeper 2119 tu
        dict 2628 tu
        f5-globalsite 2792 tu
        gsiftp 2811 tu
        gpsd 2947 tu
        hpidsadmin 2984 tu
        hpidsagent 2985 tu
        hbci 3000 tu
        squid 3128 tu
        icpv2 icp 3130 tu
        iscsi-target 3260 tu
        mysql 3306 tu
        ms-wbt-server 3389 tu
        nut 3493 tu
        svn subversion 3690 tu
        distcc 3632 tu
        daap 3689 tu
        suucp 4031 tu
        lockd nlockmgr 4045 tu
        sieve 4190 t
        epmd 4369 tu
        ipsec-nat-t 4500 tu
        f5-iquery 4353 tu
        iax 4569 tu
        radmin-port 4899 tu
        commplex-main 5000 tu
        rfe 5002 tu
        sip 5060 tu
        sip-tls sips 5061 tu
        rmonitor rmonitor_secure 5145 tu
        aol 5190 tu
        xmpp-client jabber-client 5222 tu
        xmpp-server jabber-server 5269 tu
        padl2sim pad12sim 5236 tu
        cfengine 5308 tu
        mdns 5353 tu
        hostmon llmnr 5355 tu
        postgresql postgres 5432 tu
        rplay 5555 u
        freeciv 5556 tu
        nrpe 5666 t
        amqps 5671 tu
        amqp 5672 tu
        vnc rfb vnc-server 5900 tu
        wsman 5985 tu
        wsmans 5986 tu
        x11 x x-server 6000 tu
        redis 6379 tu
        spc sub-process 6111 tu
        dtspc dtspcd 6112 tu
        caa_cfg 6181 tu
        gnutella-svc 6346 tu
        sge-qmaster 6444 tu
        sge-execd 6445 tu
        mysql-proxy 6446 tu
        xdsxdm 6558 tu
        sane-port 6566 tu
        ircd ircu 6667 tu
        ircs-u 6697 tu
        afs3-fileserver 7000 tu
        afs3-callback af3-callback 7001 tu
        afs3-prserver 7002 tu
        afs3-vlserver 7003 tu
        afs3-kaserver 7004 tu
        afs3-volser 7005 tu
        afs3-errors 7006 tu
        afs3-bos 7007 tu
        afs3-update 7008 tu
        afs3-rmtsys 7009 tu
        font-service xfs 7100 tu
        http-alt webcache http-proxy 8080 tu
        tproxy sunproxyadmin blackice-icecap 8081 tu
        puppet 8140 t
        pcsync-https https-alt 8443 tu
        bacula-dir 9101 tu
        bacula-fd 9102 tu
        bacula-sd 9103 tu
        cslistener 9000 tu
        jetdirect hp-pdl-datastr pdl-datastream 9100 tu
        xmms2 9667 tu
        git 9418 tu
        ndmp 10000 tu
        amanda 10080 tu
        zabbix-agent 10050 tu
        zabbix-trapper 10051 tu
        nbd 10809 t
        memcache memcached 11211 tu
        hkp 11371 tu
        clcomd clcomd_caa 16191 tu
        bpcd 13782 t
        vnetd 13724 t
        dcap 22125 tu
        gsidcap 22128 tu
        wnn6 22273 tu
        filenet-tms 32768 u
        asp 27374 tu
        mongodb 27017 tu
        """
}
