/** A division's official name and the English form its government uses. */
export interface DivisionName {
  readonly zh: string;
  readonly en: string;
}

export interface Province extends DivisionName {
  /**
   * Third and fourth digits of every prefecture-level code listed at any time since GB/T 2260-2007
   * (`01` to `03` in a municipality and `90` group counties under the province directly). Dissolved
   * prefectures stay: a code keeps the division it was issued in.
   */
  readonly prefectures: string;
}

/** The province-level divisions of GB/T 2260 by their first two digits. */
export const provinces: Readonly<Record<string, Province>> = {
  11: { zh: "北京市", en: "Beijing", prefectures: "01 02" },
  12: { zh: "天津市", en: "Tianjin", prefectures: "01 02" },
  // 31 is the Xiong'an New Area, whose registrars issue codes under 133100.
  13: { zh: "河北省", en: "Hebei", prefectures: "01 02 03 04 05 06 07 08 09 10 11 31" },
  14: { zh: "山西省", en: "Shanxi", prefectures: "01 02 03 04 05 06 07 08 09 10 11" },
  15: { zh: "内蒙古自治区", en: "Inner Mongolia", prefectures: "01 02 03 04 05 06 07 08 09 22 25 29" },
  21: { zh: "辽宁省", en: "Liaoning", prefectures: "01 02 03 04 05 06 07 08 09 10 11 12 13 14" },
  22: { zh: "吉林省", en: "Jilin", prefectures: "01 02 03 04 05 06 07 08 24" },
  23: { zh: "黑龙江省", en: "Heilongjiang", prefectures: "01 02 03 04 05 06 07 08 09 10 11 12 27" },
  31: { zh: "上海市", en: "Shanghai", prefectures: "01 02" },
  32: { zh: "江苏省", en: "Jiangsu", prefectures: "01 02 03 04 05 06 07 08 09 10 11 12 13" },
  33: { zh: "浙江省", en: "Zhejiang", prefectures: "01 02 03 04 05 06 07 08 09 10 11" },
  34: { zh: "安徽省", en: "Anhui", prefectures: "01 02 03 04 05 06 07 08 10 11 12 13 14 15 16 17 18" },
  35: { zh: "福建省", en: "Fujian", prefectures: "01 02 03 04 05 06 07 08 09" },
  36: { zh: "江西省", en: "Jiangxi", prefectures: "01 02 03 04 05 06 07 08 09 10 11" },
  37: { zh: "山东省", en: "Shandong", prefectures: "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17" },
  41: { zh: "河南省", en: "Henan", prefectures: "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 90" },
  42: { zh: "湖北省", en: "Hubei", prefectures: "01 02 03 05 06 07 08 09 10 11 12 13 28 90" },
  43: { zh: "湖南省", en: "Hunan", prefectures: "01 02 03 04 05 06 07 08 09 10 11 12 13 31" },
  44: {
    zh: "广东省",
    en: "Guangdong",
    prefectures: "01 02 03 04 05 06 07 08 09 12 13 14 15 16 17 18 19 20 51 52 53",
  },
  45: { zh: "广西壮族自治区", en: "Guangxi", prefectures: "01 02 03 04 05 06 07 08 09 10 11 12 13 14" },
  46: { zh: "海南省", en: "Hainan", prefectures: "01 02 03 04 90" },
  50: { zh: "重庆市", en: "Chongqing", prefectures: "01 02 03" },
  51: {
    zh: "四川省",
    en: "Sichuan",
    prefectures: "01 03 04 05 06 07 08 09 10 11 13 14 15 16 17 18 19 20 32 33 34",
  },
  52: { zh: "贵州省", en: "Guizhou", prefectures: "01 02 03 04 05 06 22 23 24 26 27" },
  53: { zh: "云南省", en: "Yunnan", prefectures: "01 03 04 05 06 07 08 09 23 25 26 28 29 31 33 34" },
  54: { zh: "西藏自治区", en: "Tibet", prefectures: "01 02 03 04 05 06 21 22 23 24 25 26" },
  61: { zh: "陕西省", en: "Shaanxi", prefectures: "01 02 03 04 05 06 07 08 09 10" },
  62: { zh: "甘肃省", en: "Gansu", prefectures: "01 02 03 04 05 06 07 08 09 10 11 12 29 30" },
  63: { zh: "青海省", en: "Qinghai", prefectures: "01 02 21 22 23 25 26 27 28" },
  64: { zh: "宁夏回族自治区", en: "Ningxia", prefectures: "01 02 03 04 05" },
  65: {
    zh: "新疆维吾尔自治区",
    en: "Xinjiang",
    prefectures: "01 02 04 05 21 22 23 27 28 29 30 31 32 40 42 43 90",
  },
  71: { zh: "台湾省", en: "Taiwan", prefectures: "" },
  81: { zh: "香港特别行政区", en: "Hong Kong", prefectures: "" },
  82: { zh: "澳门特别行政区", en: "Macao", prefectures: "" },
};

/** Every prefecture-level city of Guangdong, by code. */
export const guangdongCities: Readonly<Record<string, DivisionName>> = {
  440100: { zh: "广州市", en: "Guangzhou" },
  440200: { zh: "韶关市", en: "Shaoguan" },
  440300: { zh: "深圳市", en: "Shenzhen" },
  440400: { zh: "珠海市", en: "Zhuhai" },
  440500: { zh: "汕头市", en: "Shantou" },
  440600: { zh: "佛山市", en: "Foshan" },
  440700: { zh: "江门市", en: "Jiangmen" },
  440800: { zh: "湛江市", en: "Zhanjiang" },
  440900: { zh: "茂名市", en: "Maoming" },
  441200: { zh: "肇庆市", en: "Zhaoqing" },
  441300: { zh: "惠州市", en: "Huizhou" },
  441400: { zh: "梅州市", en: "Meizhou" },
  441500: { zh: "汕尾市", en: "Shanwei" },
  441600: { zh: "河源市", en: "Heyuan" },
  441700: { zh: "阳江市", en: "Yangjiang" },
  441800: { zh: "清远市", en: "Qingyuan" },
  441900: { zh: "东莞市", en: "Dongguan" },
  442000: { zh: "中山市", en: "Zhongshan" },
  445100: { zh: "潮州市", en: "Chaozhou" },
  445200: { zh: "揭阳市", en: "Jieyang" },
  445300: { zh: "云浮市", en: "Yunfu" },
};

/**
 * Every district and county of the "3+2" cities 深圳, 东莞, 惠州, 河源, 汕尾, by the city's first four
 * digits. 东莞 has none. 前海, 大鹏 and 深汕 have no code: they are known by node id.
 */
export const listedCounties: Readonly<Record<string, Readonly<Record<string, DivisionName>>>> = {
  4403: {
    440303: { zh: "罗湖区", en: "Luohu" },
    440304: { zh: "福田区", en: "Futian" },
    440305: { zh: "南山区", en: "Nanshan" },
    440306: { zh: "宝安区", en: "Bao'an" },
    440307: { zh: "龙岗区", en: "Longgang" },
    440308: { zh: "盐田区", en: "Yantian" },
    440309: { zh: "龙华区", en: "Longhua" },
    440310: { zh: "坪山区", en: "Pingshan" },
    440311: { zh: "光明区", en: "Guangming" },
  },
  4413: {
    441302: { zh: "惠城区", en: "Huicheng" },
    441303: { zh: "惠阳区", en: "Huiyang" },
    441322: { zh: "博罗县", en: "Boluo" },
    441323: { zh: "惠东县", en: "Huidong" },
    441324: { zh: "龙门县", en: "Longmen" },
  },
  4415: {
    441502: { zh: "城区", en: "Chengqu" },
    441521: { zh: "海丰县", en: "Haifeng" },
    441523: { zh: "陆河县", en: "Luhe" },
    441581: { zh: "陆丰市", en: "Lufeng" },
  },
  4416: {
    441602: { zh: "源城区", en: "Yuancheng" },
    441621: { zh: "紫金县", en: "Zijin" },
    441622: { zh: "龙川县", en: "Longchuan" },
    441623: { zh: "连平县", en: "Lianping" },
    441624: { zh: "和平县", en: "Heping" },
    441625: { zh: "东源县", en: "Dongyuan" },
  },
  4419: {},
};
