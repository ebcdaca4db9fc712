/* What people say of things, in English and Chinese: a small lexicon of aspects, with the feeling that goes with each. Questions that
 * come again and again are found by the same phrases. Phrases are lower case; the first code that matches does not hide others. */
#include "internal.h"

#define PHRASES(name, ...) static const char *const name[] = {__VA_ARGS__, NULL}
PHRASES(too_oily, "too oily", "very oily", "greasy", "太油", "油腻", "很油", "泛油");
PHRASES(too_dry, "too dry", "dries out", "drying", "太干", "很干", "拔干", "起皮");
PHRASES(sensitive_skin, "sensitive skin", "sensitive-skin", "allergic", "irritat", "敏感肌", "敏感皮肤", "过敏", "刺激");
PHRASES(natural, "natural ingredient", "organic", "fragrance free", "no additives", "天然", "有机", "无添加", "成分安全");
PHRASES(runs_large, "runs large", "too big", "too large", "oversized", "偏大", "太大", "大了一码");
PHRASES(runs_small, "runs small", "too small", "too tight", "偏小", "太小", "小了一码", "太紧");
PHRASES(wrong_shade, "wrong shade", "wrong colour", "wrong color", "too dark", "too light", "色差", "颜色不对", "太深", "太浅", "不显白");
PHRASES(broken, "broken", "damaged", "leaking", "defect", "破损", "坏了", "漏液", "瑕疵");
PHRASES(slow_delivery, "late delivery", "slow delivery", "took too long", "still waiting", "物流慢", "发货慢", "太慢了", "还没到");
PHRASES(fast_delivery, "fast delivery", "quick delivery", "arrived early", "物流快", "发货快", "很快就到");
PHRASES(too_dear, "too expensive", "overpriced", "pricey", "太贵", "不值", "价格高");
PHRASES(good_value, "good value", "worth it", "great price", "bargain", "划算", "性价比", "值得", "便宜");
PHRASES(smells_good, "smells good", "smells great", "lovely scent", "好闻", "味道香", "香味好");
PHRASES(smells_bad, "smells bad", "smells awful", "bad smell", "难闻", "异味", "味道大");
PHRASES(good_quality, "good quality", "great quality", "well made", "质量好", "质量不错", "做工好");
PHRASES(bad_quality, "poor quality", "bad quality", "fell apart", "质量差", "做工差", "质量不好");
PHRASES(love, "love it", "excellent", "perfect", "highly recommend", "喜欢", "很棒", "完美", "推荐", "好用");
PHRASES(hate, "hate it", "terrible", "awful", "disappoint", "讨厌", "失望", "难用", "后悔");
PHRASES(stock_when, "back in stock", "when available", "restock", "补货", "有货吗", "什么时候到货");
PHRASES(how_to_use, "how to use", "how do i use", "怎么用", "使用方法", "如何使用");
PHRASES(give_back, "return it", "refund", "send it back", "退货", "退款", "换货");

const struct insight_aspect insight_lexicon[] = {
    {"too-oily", -1, too_oily},
    {"too-dry", -1, too_dry},
    {"sensitive-skin", 0, sensitive_skin},
    {"natural-ingredients", 0, natural},
    {"runs-large", -1, runs_large},
    {"runs-small", -1, runs_small},
    {"shade", -1, wrong_shade},
    {"broken", -1, broken},
    {"slow-delivery", -1, slow_delivery},
    {"fast-delivery", 1, fast_delivery},
    {"too-dear", -1, too_dear},
    {"good-value", 1, good_value},
    {"smells-good", 1, smells_good},
    {"smells-bad", -1, smells_bad},
    {"good-quality", 1, good_quality},
    {"bad-quality", -1, bad_quality},
    {"loves-it", 1, love},
    {"hates-it", -1, hate},
    {"back-in-stock", 0, stock_when},
    {"how-to-use", 0, how_to_use},
    {"give-back", -1, give_back},
    {NULL, 0, NULL},
};
