/*
 * The built-in instruments, as data. Where each comes from is told in its `source`: what was found, and what is
 * inferred or named by this library.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "data/instrument.h"

/* Five levels, 1 the worst, 5 the best. */
#define ITEM(code, parent, name, name_vi)                                                                             \
    {                                                                                                                 \
        code, parent, name, name_vi, 0.0, SIPAS_NODE_ITEM, SIPAS_ITEM_LIKERT, SIPAS_ROLE_SATISFACTION, 5, 1, 0, 0, 0, \
            {0, 0, 0, 0},                                                                                             \
        {                                                                                                             \
            0, 0, 0, 0                                                                                                \
        }                                                                                                             \
    }
#define AGGREGATE(code, parent, kind, name, name_vi)                                            \
    {                                                                                           \
        code, parent, name, name_vi, 0.0, SIPAS_NODE_##kind, 0, 0, 0, 0, 0, 0, 0, {0, 0, 0, 0}, \
        {                                                                                       \
            0, 0, 0, 0                                                                          \
        }                                                                                       \
    }

/* clang-format off */
static const sipas_node nodes_2023[] = {
    ITEM("q01", "I.A", "Policy information in many easy-to-find forms",
         "Thông tin chính sách: nhiều hình thức, dễ tìm"),
    ITEM("q02", "I.A", "Policy information complete, easy to understand",
         "Thông tin chính sách: đầy đủ, dễ hiểu"),
    ITEM("q03", "I.B", "Chances to comment on policy in the making",
         "Tham gia: góp ý xây dựng chính sách"),
    ITEM("q04", "I.B", "Chances to react to and rate policy",
         "Tham gia: phản hồi, đánh giá chính sách"),
    ITEM("q05", "I.C", "Implementation: economy",
         "Tổ chức thực hiện: kinh tế"),
    ITEM("q06", "I.C", "Implementation: health care",
         "Tổ chức thực hiện: khám chữa bệnh"),
    ITEM("q07", "I.C", "Implementation: general education",
         "Tổ chức thực hiện: giáo dục phổ thông"),
    ITEM("q08", "I.C", "Implementation: public order and safety",
         "Tổ chức thực hiện: trật tự, an toàn xã hội"),
    ITEM("q09", "I.C", "Implementation: roads",
         "Tổ chức thực hiện: giao thông đường bộ"),
    ITEM("q10", "I.C", "Implementation: electricity",
         "Tổ chức thực hiện: điện"),
    ITEM("q11", "I.C", "Implementation: water",
         "Tổ chức thực hiện: nước"),
    ITEM("q12", "I.C", "Implementation: social security",
         "Tổ chức thực hiện: an sinh xã hội"),
    ITEM("q13", "I.C", "Implementation: public administration reform",
         "Tổ chức thực hiện: cải cách hành chính"),
    ITEM("q14", "I.D", "Outcome: family economy",
         "Kết quả, tác động: kinh tế gia đình"),
    ITEM("q15", "I.D", "Outcome: local economy and society",
         "Kết quả, tác động: kinh tế - xã hội địa phương"),
    ITEM("q16", "I.D", "Outcome: public hospitals",
         "Kết quả, tác động: bệnh viện công"),
    ITEM("q17", "I.D", "Outcome: public schools",
         "Kết quả, tác động: trường công"),
    ITEM("q18", "I.D", "Outcome: public order and safety",
         "Kết quả, tác động: trật tự, an toàn xã hội"),
    ITEM("q19", "I.D", "Outcome: roads",
         "Kết quả, tác động: đường bộ"),
    ITEM("q20", "I.D", "Outcome: electricity",
         "Kết quả, tác động: điện"),
    ITEM("q21", "I.D", "Outcome: water",
         "Kết quả, tác động: nước"),
    ITEM("q22", "I.D", "Outcome: social security",
         "Kết quả, tác động: an sinh xã hội"),
    ITEM("q23", "I.D", "Outcome: capability of officials",
         "Kết quả, tác động: năng lực cán bộ, công chức"),
    ITEM("q24", "II.A", "Signs and directions",
         "Tiếp cận: biển hiệu"),
    ITEM("q25", "II.A", "Seats and writing desks",
         "Tiếp cận: ghế ngồi, bàn viết"),
    ITEM("q26", "II.A", "Equipment",
         "Tiếp cận: trang thiết bị"),
    ITEM("q27", "II.B", "Procedures posted",
         "Thủ tục: niêm yết công khai"),
    ITEM("q28", "II.B", "Dossier as regulated",
         "Thủ tục: thành phần hồ sơ đúng quy định"),
    ITEM("q29", "II.B", "Fees as regulated",
         "Thủ tục: phí, lệ phí đúng quy định"),
    ITEM("q30", "II.B", "Deadline as regulated",
         "Thủ tục: thời hạn đúng quy định"),
    ITEM("q31", "II.C", "Officials polite",
         "Công chức: lịch sự"),
    ITEM("q32", "II.C", "Officials: guidance once is enough",
         "Công chức: hướng dẫn một lần là đủ"),
    ITEM("q33", "II.C", "Officials follow the rules",
         "Công chức: tuân thủ đúng quy định"),
    ITEM("q34", "II.D", "Result on time",
         "Kết quả: đúng hẹn"),
    ITEM("q35", "II.D", "Result complete, accurate",
         "Kết quả: đầy đủ, chính xác"),
    ITEM("q36", "II.D", "Result fair",
         "Kết quả: công bằng"),
    ITEM("q37", "II.E", "Easy channel for complaints",
         "Phản ánh, kiến nghị: hình thức tiếp nhận dễ dàng"),
    ITEM("q38", "II.E", "Complaints handled by the rules",
         "Phản ánh, kiến nghị: xử lý đúng quy định"),
    ITEM("q39", "II.E", "Told of the outcome of complaints in time",
         "Phản ánh, kiến nghị: thông báo kết quả kịp thời"),
    AGGREGATE("I.A", "I", FACTOR, "Accountability: information",
              "Trách nhiệm giải trình - cung cấp thông tin"),
    AGGREGATE("I.B", "I", FACTOR, "Participation",
              "Cơ hội tham gia"),
    AGGREGATE("I.C", "I", FACTOR, "Implementation of policy",
              "Chất lượng tổ chức thực hiện chính sách"),
    AGGREGATE("I.D", "I", FACTOR, "Outcomes of policy",
              "Kết quả, tác động của chính sách"),
    AGGREGATE("II.A", "II", FACTOR, "Access",
              "Tiếp cận dịch vụ"),
    AGGREGATE("II.B", "II", FACTOR, "Procedures",
              "Thủ tục hành chính"),
    AGGREGATE("II.C", "II", FACTOR, "Civil servants",
              "Công chức trực tiếp giải quyết công việc"),
    AGGREGATE("II.D", "II", FACTOR, "Results of services",
              "Kết quả cung ứng dịch vụ"),
    AGGREGATE("II.E", "II", FACTOR, "Complaints and suggestions",
              "Tiếp nhận, giải quyết phản ánh, kiến nghị"),
    AGGREGATE("I", "SIPAS", BLOCK, "Policy", "Chính sách"),
    AGGREGATE("II", "SIPAS", BLOCK, "Services", "Cung ứng dịch vụ hành chính"),
    AGGREGATE("SIPAS", NULL, INDEX, "Satisfaction with public administrative services",
              "Chỉ số hài lòng về sự phục vụ hành chính"),
};
/* clang-format on */

/* clang-format off */
static const int64_t parent_2023[] = {
    39, 39, /* to I.A */
    40, 40, /* to I.B */
    41, 41, 41, 41, 41, 41, 41, 41, 41, /* to I.C */
    42, 42, 42, 42, 42, 42, 42, 42, 42, 42, /* to I.D */
    43, 43, 43, /* to II.A */
    44, 44, 44, 44, /* to II.B */
    45, 45, 45, /* to II.C */
    46, 46, 46, /* to II.D */
    47, 47, 47, /* to II.E */
    48, 48, 48, 48, /* I.A-I.D to I */
    49, 49, 49, 49, 49, /* II.A-II.E to II */
    50, 50, -1 /* I and II to SIPAS */
};
/* clang-format on */

/* clang-format off */
static const sipas_node nodes_2022[] = {
    ITEM("q01", "I.A", "Policy information in many easy-to-find forms",
         "Cung cấp, giải thích thông tin chính sách nhiều hình thức, dễ tìm"),
    ITEM("q02", "I.A", "Policy information complete, easy to understand",
         "Thông tin chính sách đầy đủ, dễ hiểu"),
    ITEM("q03", "I.B", "Many ways to comment on policy",
         "Nhiều hình thức xin ý kiến góp ý chính sách"),
    ITEM("q04", "I.B", "Many ways to react to policy results",
         "Nhiều hình thức phản hồi về kết quả chính sách"),
    ITEM("q05", "I.C", "Suitability of policy: economy and society",
         "Chính sách phù hợp: kinh tế - xã hội"),
    ITEM("q06", "I.C", "Suitability of policy: health care",
         "Chính sách phù hợp: khám chữa bệnh"),
    ITEM("q07", "I.C", "Suitability of policy: general education",
         "Chính sách phù hợp: giáo dục phổ thông"),
    ITEM("q08", "I.C", "Suitability of policy: public order and safety",
         "Chính sách phù hợp: trật tự, an toàn xã hội"),
    ITEM("q09", "I.C", "Suitability of policy: roads",
         "Chính sách phù hợp: giao thông đường bộ"),
    ITEM("q10", "I.C", "Suitability of policy: electricity",
         "Chính sách phù hợp: điện"),
    ITEM("q11", "I.C", "Suitability of policy: water",
         "Chính sách phù hợp: nước"),
    ITEM("q12", "I.C", "Suitability of policy: social security",
         "Chính sách phù hợp: an sinh xã hội"),
    ITEM("q13", "I.D", "Family economy better",
         "Kinh tế gia đình tốt hơn"),
    ITEM("q14", "I.D", "Quality of life better",
         "Chất lượng cuộc sống tốt hơn"),
    ITEM("q15", "II.A", "Procedure information in many forms, easy to understand",
         "Thông tin về thủ tục hành chính nhiều hình thức, dễ hiểu"),
    ITEM("q16", "II.A", "Office signs and directions clear",
         "Trụ sở có biển hiệu, hướng dẫn rõ"),
    ITEM("q17", "II.A", "Office clean and civil",
         "Trụ sở sạch sẽ, văn minh"),
    ITEM("q18", "II.A", "Equipment complete and good",
         "Trang thiết bị đầy đủ, tốt"),
    ITEM("q19", "II.B", "Procedures posted, easy to see",
         "Thủ tục hành chính niêm yết công khai, dễ thấy"),
    ITEM("q20", "II.B", "Dossier as regulated",
         "Thành phần hồ sơ đúng quy định"),
    ITEM("q21", "II.B", "Fees as regulated",
         "Phí, lệ phí đúng quy định"),
    ITEM("q22", "II.B", "Deadline as regulated",
         "Thời hạn đúng quy định"),
    ITEM("q23", "II.C", "Officials polite, respectful",
         "Công chức lịch sự, tôn trọng"),
    ITEM("q24", "II.C", "Officials answer in time and in full",
         "Công chức trả lời kịp thời, đầy đủ"),
    ITEM("q25", "II.C", "Guidance easy to understand, once is enough",
         "Công chức hướng dẫn dễ hiểu, một lần là đủ"),
    ITEM("q26", "II.C", "Officials follow the rules",
         "Công chức tuân thủ đúng quy định"),
    ITEM("q27", "II.C", "Officials devoted",
         "Công chức tận tình"),
    ITEM("q28", "II.D", "Result on time",
         "Kết quả trả đúng hẹn"),
    ITEM("q29", "II.D", "Result complete, accurate",
         "Kết quả đầy đủ, chính xác"),
    ITEM("q30", "II.D", "Result fair",
         "Kết quả công bằng"),
    ITEM("q31", "II.E", "Easy channel for complaints",
         "Có hình thức tiếp nhận phản ánh dễ dàng"),
    ITEM("q32", "II.E", "Complaints handled by the rules",
         "Xử lý phản ánh đúng quy định"),
    ITEM("q33", "II.E", "Told of the outcome of complaints in time",
         "Thông báo kết quả xử lý kịp thời"),
    AGGREGATE("I.A", "I", FACTOR, "Information",
              "Cung cấp thông tin chính sách"),
    AGGREGATE("I.B", "I", FACTOR, "Participation",
              "Cơ hội tham gia"),
    AGGREGATE("I.C", "I", FACTOR, "Quality of policy",
              "Chất lượng chính sách"),
    AGGREGATE("I.D", "I", FACTOR, "Results of policy",
              "Kết quả chính sách"),
    AGGREGATE("II.A", "II", FACTOR, "Access",
              "Tiếp cận dịch vụ"),
    AGGREGATE("II.B", "II", FACTOR, "Procedures",
              "Thủ tục hành chính"),
    AGGREGATE("II.C", "II", FACTOR, "Civil servants",
              "Công chức trực tiếp giải quyết công việc"),
    AGGREGATE("II.D", "II", FACTOR, "Results of services",
              "Kết quả cung ứng dịch vụ"),
    AGGREGATE("II.E", "II", FACTOR, "Complaints and suggestions",
              "Tiếp nhận, giải quyết phản ánh, kiến nghị"),
    AGGREGATE("I", "SIPAS", BLOCK, "Policy", "Chính sách"),
    AGGREGATE("II", "SIPAS", BLOCK, "Services", "Cung ứng dịch vụ hành chính"),
    AGGREGATE("SIPAS", NULL, INDEX, "Satisfaction with public administrative services",
              "Chỉ số hài lòng về sự phục vụ hành chính"),
};
/* clang-format on */

/* clang-format off */
static const int64_t parent_2022[] = {
    33, 33, /* to I.A */
    34, 34, /* to I.B */
    35, 35, 35, 35, 35, 35, 35, 35, /* to I.C */
    36, 36, /* to I.D */
    37, 37, 37, 37, /* to II.A */
    38, 38, 38, 38, /* to II.B */
    39, 39, 39, 39, 39, /* to II.C */
    40, 40, 40, /* to II.D */
    41, 41, 41, /* to II.E */
    42, 42, 42, 42, /* I.A-I.D to I */
    43, 43, 43, 43, 43, /* II.A-II.E to II */
    44, 44, -1 /* I and II to SIPAS */
};
/* clang-format on */

enum { ITEMS_2023 = 39, NODES_2023 = 51, ITEMS_2022 = 33, NODES_2022 = 45 };

_Static_assert(sizeof nodes_2023 / sizeof nodes_2023[0] == NODES_2023, "39 items, 9 factors, 2 blocks, 1 index");
_Static_assert(sizeof parent_2023 / sizeof parent_2023[0] == NODES_2023, "a parent for each node");
_Static_assert(sizeof nodes_2022 / sizeof nodes_2022[0] == NODES_2022, "33 items, 9 factors, 2 blocks, 1 index");
_Static_assert(sizeof parent_2022 / sizeof parent_2022[0] == NODES_2022, "a parent for each node");

const sipas_instrument sipas__instrument_builtins[] = {
    {"1001/2023",
     "Decision 1001/QĐ-BNV of 11 December 2023; its annex was not at hand. Found: the 39 items, their order, scale and "
     "block letters, in the program of a ward's web form of 2025/26 (two-tier wording) whose author says it follows the "
     "ministry. Agrees with the press on 2024 (access 3 contents, procedures 4) and with the 51 satisfaction indices "
     "published for 2024 (39 + 12). Inferred: that all rounds since 2023 used this form. Named by this library: the "
     "factors and blocks, the short wordings and the English.",
     NODES_2023, ITEMS_2023, nodes_2023, parent_2023, NULL, NULL},
    {"2022",
     "The form of 2022. Found: the 33 items and their grouping, in the program of a province's survey app. Inferred: "
     "the year, from the number of policies asked about (8). Named by this library: the factors and blocks, the short "
     "wordings and the English.",
     NODES_2022, ITEMS_2022, nodes_2022, parent_2022, NULL, NULL},
};
const int64_t sipas__instrument_n_builtins =
    (int64_t)(sizeof sipas__instrument_builtins / sizeof sipas__instrument_builtins[0]);
