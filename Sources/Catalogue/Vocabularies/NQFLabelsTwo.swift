extension NQF {
    /// The last part of the URI and the English label, one a line, by label: the second half of the code
    /// list `nqf` of the European Digital Credentials vocabularies (Europass, Qualifications Dataset
    /// Register).
    static let secondTable = """
        c_aa951342 ME NQF Level 1.1
        c_c0ef8a4e ME NQF Level 1.2
        c_e5b56761 ME NQF Level 2
        c_f08d5131 ME NQF Level 3
        c_52353560 ME NQF Level 4.1
        c_ccc01a11 ME NQF Level 4.2
        c_b7b67d5e ME NQF Level 5
        c_5d6112c5 ME NQF Level 6
        c_f38ebe74 ME NQF Level 7.1
        c_193238e8 ME NQF Level 7.2
        c_ced2a6c3 ME NQF Level 8
        c_9f7b21f9 MECU Level 1
        c_a358d163 MECU Level 2
        c_d81640d2 MECU Level 3
        c_9f9cd022 MECU Level 4
        c_cdd36a4b MECU Level 5
        c_6422359b MECU Level 6
        c_37f3c037 MECU Level 7
        c_62866e36 MECU Level 8
        c_761cdbf1 MQF Level 1
        c_42cf00ab MQF Level 2
        c_55c66aa8 MQF Level 3
        c_c9f6d6e5 MQF Level 4
        c_a3c7575d MQF Level 5
        c_333a51d9 MQF Level 6
        c_eacc0583 MQF Level 7
        c_782b35df MQF Level 8
        c_0ab74a56 MQF Level A
        c_a648b6db MQF Level B
        c_54f4d62a Maltese National Qualifications Framework
        c_776b98db Montenegrin Qualifications Framework
        c_2293fdad NKR Level 1
        c_0b8188d7 NKR Level 2
        c_bbfedf33 NKR Level 3
        c_81090d42 NKR Level 4
        c_12ece3d4 NKR Level 5.1
        c_92632be8 NKR Level 5.2
        c_6b569351 NKR Level 6.1
        c_52818ecd NKR Level 6.2
        c_fb307b49 NKR Level 7
        c_95249ae7 NKR Level 8
        c_b42dd23b NLQF Entry Level
        c_3e11a3fd NLQF Level 1
        c_c749fa23 NLQF Level 2
        c_f97cdbb5 NLQF Level 3
        c_ff656b33 NLQF Level 4
        c_c2700f4e NLQF Level 4+
        c_18c9e9fe NLQF Level 5
        c_1711a061 NLQF Level 6
        c_478359fc NLQF Level 7
        c_2835a50f NLQF Level 8
        c_4f0c10a1 NNMQF Level 1
        c_9aeca2ba NNMQF Level 2
        c_c9af811f NNMQF Level 3
        c_81be283e NNMQF Level 4
        c_ea16bfd2 NNMQF Level 5
        c_e0ba1a59 NNMQF Level 5 A
        c_b8a101cb NNMQF Level 5 B
        c_c484f777 NNMQF Level 6
        c_1a88119b NNMQF Level 6 A
        c_55a34aab NNMQF Level 6 B
        c_4508cafb NNMQF Level 7
        c_0f11cfc1 NNMQF Level 7 A
        c_2fce21e0 NNMQF Level 7 B
        c_556a291d NNMQF Level 8
        c_7ab73420 NQF RNCP Level I-Doctorat
        c_828fbcc3 NQF RNCP Level I-Master
        c_5ad5d222 NQF RNCP Level II-Grade de Licence
        c_243aefbe NQF RNCP Level III
        c_40020d69 NQF RNCP Level IV
        c_d7cce980 NQF RNCP Level V
        c_419407fa NQF VPET Level 1
        c_9ccd261b NQF VPET Level 2
        c_1d6c3de5 NQF VPET Level 3
        c_dae3c198 NQF VPET Level 4
        c_7038706c NQF VPET Level 5
        c_b83c6524 NQF VPET Level 6
        c_468a5afc NQF VPET Level 7
        c_ce40bd02 NQF VPET Level 8
        c_ae256098 NQFL Level 1
        c_ab81fe6f NQFL Level 2
        c_73e5a71b NQFL Level 3
        c_e7f9e314 NQFL Level 4
        c_9a2c4ae2 NQFL Level 5
        c_ad62b6d5 NQFL Level 6
        c_e6601cb4 NQFL Level 7
        c_e160a72d NQFL Level 8
        c_83bf6184 NQFS Level 1
        c_c072e4cc NQFS Level 2
        c_8a1ce05d NQFS Level 3
        c_71bf982b NQFS Level 4
        c_dc2cd5c7 NQFS Level 5
        c_7e034a16 NQFS Level 6
        c_6bfeff7a NQFS Level 6.1
        c_529912df NQFS Level 6.2
        c_e4f11c13 NQFS Level 7
        c_cca41928 NQFS Level 7.1
        c_8cab3c22 NQFS Level 7.2
        c_e3116f9b NQFS Level 8
        c_5dfdf326 NSK Level 1
        c_6961eec3 NSK Level 2
        c_993b0d50 NSK Level 3
        c_fe9eb464 NSK Level 4
        c_b80ee6b1 NSK Level 5
        c_82e7da58 NSK Level 6
        c_1df7b6c9 NSK Level 7
        c_4276c6dc NSK Level 8
        c_bc619568 National Qualifications Framework for Lifelong Learning for Liechtenstein
        c_fcd47fb1 National Qualifications Framework of Swiss Vocational and Professional Education
        c_2b5d39b2 North Macedonian Qualifications Framework
        c_ae44d998 Norwegian Qualifications Framework
        c_fcf3bd8d PQF Level 1
        c_14db1595 PQF Level 2
        c_e018d301 PQF Level 3
        c_c145999e PQF Level 4
        c_045fd11d PQF Level 5
        c_cb086da3 PQF Level 6
        c_e860b49b PQF Level 7
        c_ec518d13 PQF Level 8
        c_97cf01c4 Polish National Qualifications Framework
        c_5a1e9f89 Portuguese National Qualifications Framework
        c_ab42f62f QDG Level 1
        c_4d0bef61 QDG Level 2
        c_04d23b42 QDG Level 3
        c_ffa6243f QDG Level 4
        c_f8aa9cdb QDG Level 5
        c_f626da7f QDG Level 6
        c_2af3aa2b QDG Level 7
        c_cbec72ba QDG Level 8
        c_1eeca5f9 QNQ Level 1
        c_fd9234c1 QNQ Level 2
        c_5c91e0ca QNQ Level 3
        c_7d534b92 QNQ Level 4
        c_d2b47671 QNQ Level 5
        c_8cf0774e QNQ Level 6
        c_0fe2b814 QNQ Level 7
        c_370653aa QNQ Level 8
        c_f3b785c7 Qualifications Framework of the French Community of Belgium
        c_0d55867f Qualifications Framework of the German-speaking Community of Belgium
        c_d8706544 ROQF Level 1
        c_6d9af464 ROQF Level 2
        c_513ed8e7 ROQF Level 3
        c_47645af5 ROQF Level 4
        c_5bca675f ROQF Level 5
        c_8b75d6fc ROQF Level 6
        c_152a2ae2 ROQF Level 7
        c_8f107ecd ROQF Level 8
        c_b3a26e65 RQF Entry Level 3
        c_778f8030 RQF Entry Levels 1-2
        c_f015bac8 RQF Level 1
        c_e83742bd RQF Level 2
        c_dddf1163 RQF Level 3
        c_308a1766 RQF Level 4
        c_dec9edae RQF Level 5
        c_c392e7a2 RQF Level 6
        c_3a94d1b4 RQF Level 7
        c_064b59e6 RQF Level 8
        c_d0a601e6 Regulated Qualifications Framework (RQF) for England and Northern Ireland
        c_df7373da Romanian National Qualifications Framework
        c_505223a4 SCQF Level 1
        c_021f233f SCQF Level 10
        c_517309ca SCQF Level 11
        c_c3f2cd03 SCQF Level 12
        c_2ce57891 SCQF Level 2
        c_31146b2c SCQF Level 3
        c_61aa9cbc SCQF Level 4
        c_5e46ea39 SCQF Level 5
        c_c167deaa SCQF Level 6
        c_326c93a5 SCQF Level 7
        c_d9cf9fd5 SCQF Level 8
        c_e2e0f7fc SCQF Level 9
        c_1ea1c8f9 SKKR Level 1
        c_db0fa54f SKKR Level 2
        c_fb6cbec3 SKKR Level 3
        c_cc1ea43c SKKR Level 4
        c_98403355 SKKR Level 5
        c_8a024f65 SKKR Level 6
        c_defba593 SKKR Level 7
        c_fb12c713 SKKR Level 8
        c_77411555 SQF Level 1
        c_a9614000 SQF Level 10
        c_4b23518c SQF Level 2
        c_e7e8d397 SQF Level 3
        c_66d10210 SQF Level 4
        c_5a909eaa SQF Level 5
        c_4a3aea6f SQF Level 6
        c_3f2a609e SQF Level 7
        c_4e92151b SQF Level 8
        c_74d66d27 SQF Level 9
        c_027221dd Scottish Credit and Qualifications Framework
        c_20b8cbc9 SeQF Level 1
        c_e1f75f79 SeQF Level 2
        c_4ec9e6c0 SeQF Level 3
        c_6477e349 SeQF Level 4
        c_b44f7367 SeQF Level 5
        c_185bb246 SeQF Level 6
        c_1ab773a2 SeQF Level 7
        c_055b6cf8 SeQF Level 8
        c_69e1fd15 Serbian Qualifications Framework
        c_4e6a97ff Slovak National Qualifications Framework
        c_0f8ae85c Slovenian Qualifications Framework
        c_e8c5bfbe Spanish Qualifications Framework for Lifelong Learning
        c_d932c882 Swedish National Qualifications Framework
        c_be0b95b2 TQF Level 1
        c_ee441642 TQF Level 2
        c_a7579d00 TQF Level 3
        c_a1595faf TQF Level 4
        c_ce5b0bd4 TQF Level 5
        c_f4b6cea8 TQF Level 6
        c_0966da79 TQF Level 7
        c_17212c18 TQF Level 8
        c_1205be37 Turkish Qualifications Framework
        """
}
