extension NQF {
    /// The last part of the URI and the English label, one a line, by label: the first half of the code
    /// list `nqf` of the European Digital Credentials vocabularies (Europass, Qualifications Dataset
    /// Register).
    static let firstTable = """
        c_45ec22f4 AQF Level 1
        c_83fe9d36 AQF Level 2
        c_af16b647 AQF Level 3
        c_24cdfa3f AQF Level 4
        c_cfe3e39b AQF Level 5
        c_31779637 AQF Level 6
        c_56c0e2fd AQF Level 7
        c_d104d536 AQF Level 8
        c_479252dc AT: NQF Level 1
        c_c3234df7 AT: NQF Level 2
        c_1f1297d8 AT: NQF Level 3
        c_67af56a4 AT: NQF Level 4
        c_e8dd63b9 AT: NQF Level 5
        c_1dcef432 AT: NQF Level 6
        c_0e78414e AT: NQF Level 7
        c_c94a713e AT: NQF Level 8
        c_d3b1f75e Albanian Qualifications Framework
        c_4538e0af Austrian National Qualifications Framework
        c_4653268d BH NQF Level 1
        c_d80dc4a4 BH NQF Level 2
        c_9dac5a30 BH NQF Level 3
        c_f89fc721 BH NQF Level 4
        c_96e5a5e7 BH NQF Level 5
        c_1d0ca409 BH NQF Level 6
        c_c042a969 BH NQF Level 7
        c_36c9ff45 BH NQF Level 8
        c_50f03409 BQF Level 0
        c_11fef73b BQF Level 1
        c_4854c1ef BQF Level 2
        c_d57056ce BQF Level 3
        c_40f3d416 BQF Level 4
        c_0b0b744e BQF Level 5
        c_2b79a822 BQF Level 6
        c_bb023568 BQF Level 7
        c_311c2747 BQF Level 8
        c_da3760bf Bosnia and Herzegovina Qualifications Framework
        c_c534839f Bulgarian Qualifications Framework
        c_9c785d58 CFC Level 1
        c_15435c11 CFC Level 2
        c_19d85def CFC Level 3
        c_baa10a4e CFC Level 4
        c_cf6bd5a1 CFC Level 5
        c_09d0ebb0 CFC Level 6
        c_4e0e5f6b CFC Level 7
        c_165020a6 CFC Level 8
        c_5eb9f21e CLQ Level 1
        c_2bc813ff CLQ Level 2
        c_317af58c CLQ Level 3
        c_26211a04 CLQ Level 4
        c_b4cc88a4 CLQ Level 5
        c_dfb0cd4d CLQ Level 6
        c_758b2f8a CLQ Level 7
        c_287bdf18 CLQ Level 8
        c_de548626 CQFW Entry 1-3
        c_c03aceeb CQFW Level 1
        c_826abaf9 CQFW Level 2
        c_c7a9fba6 CQFW Level 3
        c_3a511ca6 CQFW Level 4
        c_3cae3a23 CQFW Level 5
        c_fa76c0fa CQFW Level 6
        c_98740c52 CQFW Level 7
        c_471f5da1 CQFW Level 8
        c_d34c0ab3 CROQF Level 1
        c_d5feaf10 CROQF Level 2
        c_3a9600c8 CROQF Level 3
        c_486071a1 CROQF Level 4.1
        c_49672c5a CROQF Level 4.2
        c_dcc9aca1 CROQF Level 5
        c_cb53bf24 CROQF Level 6
        c_d6860258 CROQF Level 7.1
        c_6ab8a29d CROQF Level 7.2
        c_a43afd6a CROQF Level 8.1
        c_2203f32f CROQF Level 8.2
        c_36ff4631 Credit and Qualifications Framework for Wales
        c_59d0b819 Croatian Qualifications Framework
        c_02c7fedc CyQF Level 1
        c_ffd9ca10 CyQF Level 2
        c_e44ef2dc CyQF Level 3
        c_5cbacb43 CyQF Level 4
        c_549bffac CyQF Level 5a
        c_6cba2673 CyQF Level 5b
        c_16351043 CyQF Level 5c
        c_8f872111 CyQF Level 6
        c_f59c3ad4 CyQF Level 7a
        c_95481d1f CyQF Level 7b
        c_a6c13e9f CyQF Level 7c
        c_99235760 CyQF Level 8
        c_afce1c3a Cypriot National Qualifications Framework
        c_af98ac9a Czech National Register of Qualifications
        c_67053d58 DK NQF Level 1
        c_f3d606a7 DK NQF Level 2
        c_2ff9f722 DK NQF Level 3
        c_e2461c86 DK NQF Level 4
        c_e130f5d2 DK NQF Level 5
        c_a19d301f DK NQF Level 6
        c_b08ee037 DK NQF Level 7
        c_1aec7e1f DK NQF Level 8
        c_f77c7095 DQR Level 1
        c_c71cce15 DQR Level 2
        c_c37d888a DQR Level 3
        c_12a84182 DQR Level 4
        c_bd9f8e42 DQR Level 5
        c_6919ed25 DQR Level 6
        c_184f7fed DQR Level 7
        c_341d539b DQR Level 8
        c_61ba90ec Danish National Qualifications Framework
        c_5c66dcbc Dutch National Qualifications Framework
        c_ed568080 EstQF Level 1
        c_54b380be EstQF Level 2
        c_3f16a034 EstQF Level 3
        c_7cb99427 EstQF Level 4
        c_11b06734 EstQF Level 5
        c_3dddfd70 EstQF Level 6
        c_9173237a EstQF Level 7
        c_2616aeff EstQF Level 8
        c_e9fb041f Estonian Qualifications Framework
        c_cf509e8a FQF Level 1
        c_7f5e85a7 FQF Level 2
        c_650d7e95 FQF Level 3
        c_615c4895 FQF Level 4
        c_6fa57440 FQF Level 5
        c_65235ec5 FQF Level 6
        c_95fec238 FQF Level 7
        c_13c65774 FQF Level 8
        c_b9b2b42d FiNQF Level 1
        c_c660dbf8 FiNQF Level 2
        c_63c1f703 FiNQF Level 3
        c_cbf250da FiNQF Level 4
        c_fd8ce5f6 FiNQF Level 5
        c_8a7da315 FiNQF Level 6
        c_3b2bd7b5 FiNQF Level 7
        c_7fa9dfe4 FiNQF Level 8
        c_2d1fde14 Finnish National Qualifications Framework
        c_ed96825f Flemish qualifications framework
        c_c8bc1cb9 French National Qualifications Framework
        c_ef113b94 German National Qualifications Framework
        c_ec84c700 HQF Level 1
        c_6640cf62 HQF Level 2
        c_48930d0b HQF Level 3
        c_f6c81729 HQF Level 4
        c_7db10cb9 HQF Level 5
        c_5e8da33b HQF Level 6
        c_60582329 HQF Level 7
        c_c4deeb87 HQF Level 8
        c_0ea90db7 Hellenic National Qualifications Framework
        c_01be7324 HuQF Level 1
        c_1b9935cd HuQF Level 2
        c_b763e7c8 HuQF Level 3
        c_b9eadd5c HuQF Level 4
        c_13865e16 HuQF Level 5
        c_9ec87162 HuQF Level 6
        c_c2f4856f HuQF Level 7
        c_ea1b27b9 HuQF Level 8
        c_009d9566 Hungarian National Qualifications Framework
        c_53e465cb IE NQF Level 1
        c_ac9adabb IE NQF Level 10
        c_060f2f91 IE NQF Level 2
        c_4c88e501 IE NQF Level 3
        c_57c9e957 IE NQF Level 4
        c_4053e803 IE NQF Level 5
        c_670e54c7 IE NQF Level 6
        c_38f52397 IE NQF Level 7
        c_218a7e54 IE NQF Level 8
        c_c6ada0f4 IE NQF Level 9
        c_9d649d1c ISQF Level 1
        c_ca8fda2e ISQF Level 2
        c_38336a53 ISQF Level 3
        c_905af3bc ISQF Level 4
        c_f0e7a81b ISQF Level 5.1
        c_f0be67ef ISQF Level 5.2
        c_57c17789 ISQF Level 6.1
        c_c339fb29 ISQF Level 6.2
        c_f8979fd7 ISQF Level 7
        c_d7b593f0 IT NQF Level 1
        c_5af633b3 IT NQF Level 2
        c_2151e983 IT NQF Level 3
        c_c160a2a0 IT NQF Level 4
        c_334b891b IT NQF Level 5
        c_f875790f IT NQF Level 6
        c_1a6b4df9 IT NQF Level 7
        c_34a78e36 IT NQF Level 8
        c_2e41fe05 Icelandic Qualifications Framework
        c_01169e3f Irish National Framework of Qualifications
        c_02d8bc18 Italian Qualifications Framework
        c_7203c28f KS NQF Level 1
        c_c8293950 KS NQF Level 2
        c_ec2e2ebe KS NQF Level 3
        c_a31706ad KS NQF Level 4
        c_030f5138 KS NQF Level 5
        c_ca282dd9 KS NQF Level 6
        c_fa8f5b4b KS NQF Level 7
        c_4ba29707 KS NQF Level 8
        c_f4790dbf Kosovo National Qualifications Framework
        c_41bf3e8a LQF Level 1
        c_f1f60c76 LQF Level 2
        c_138c123b LQF Level 3
        c_14b672c3 LQF Level 4
        c_7493dd0e LQF Level 5
        c_a828cd20 LQF Level 6
        c_a61cdeca LQF Level 7
        c_a6744590 LQF Level 8
        c_98b42a9f LTQF Level 1
        c_8525e36a LTQF Level 2
        c_9d34b310 LTQF Level 3
        c_d1e9f55d LTQF Level 4
        c_b62fa7ef LTQF Level 5
        c_caa3091a LTQF Level 6
        c_dbbbe65b LTQF Level 7
        c_6e015474 LTQF Level 8
        c_ac40cadc Latvian Qualifications Framework
        c_a6d433f4 Lithuanian National Qualifications Framework
        c_20b3be22 Luxembourg Qualifications Framework
        """
}
