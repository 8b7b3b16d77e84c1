//! Family and given name out of a Chinese name written as one. Only where there
//! is one way to read it: Han alone, two or three characters, one of the usual
//! families, and no two-character family possible. Anything else stays whole.

/// The families of one character that most people in China bear (those of the
/// Ministry of Public Security's yearly report on names, the first hundred).
const FAMILIES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁\
                        任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常";
/// Families of two characters.
const DOUBLES: [&str; 20] = [
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "司空", "夏侯", "南宫",
    "端木", "长孙", "宇文", "轩辕", "独孤", "百里",
];

/// Family and given name, where it is sure which is which.
pub(super) fn parted(name: &str) -> Option<(&str, &str)> {
    let name = name.trim();
    let count = name.chars().count();
    if !name.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)) {
        return None;
    }
    if DOUBLES.iter().any(|double| name.starts_with(double)) {
        // 欧阳修 is 欧阳 and 修; of two characters it is a family and no given name, or neither.
        return (count == 4).then(|| name.split_at(6));
    }
    let first = name.chars().next()?;
    (matches!(count, 2 | 3) && FAMILIES.contains(first)).then(|| name.split_at(first.len_utf8()))
}

#[cfg(test)]
mod tests {
    use super::parted;

    #[test]
    fn names_part_only_where_it_is_sure() {
        assert_eq!(parted("李雷"), Some(("李", "雷")));
        assert_eq!(parted("王小明"), Some(("王", "小明")));
        assert_eq!(parted("欧阳娜娜"), Some(("欧阳", "娜娜")));
        for whole in ["欧阳修", "欧阳", "Li Lei", "李", "山田太郎", "爱新觉罗", "李 雷", "王一二三", ""]
        {
            assert_eq!(parted(whole), None, "{whole}");
        }
    }
}
