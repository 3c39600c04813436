#!/bin/sh
# What the output of examples/national_survey must hold. Usage: sh national_survey.sh FILE
set -u
file=${1:?usage: national_survey.sh FILE}
failed=0

# has PATTERN MEANING: a line of the file matches.
has()
{
    grep -Eq -- "$1" "$file" && return
    echo "missing: $2 (no line matches: $1)"
    failed=1
}

# counts PATTERN NUMBER MEANING: so many lines of the file match.
counts()
{
    n=$(grep -Ec -- "$1" "$file")
    [ "$n" -eq "$2" ] && return
    echo "$3: $n lines, not $2 (pattern: $1)"
    failed=1
}

has '^  province +\(all\) +63 ' 'the 63 provinces of the frame'
has '^  district +\(all\) +705 ' 'its 705 districts'
has '^  commune +\(all\) +10,598 ' 'its 10,598 communes'
has 'Out of the frame: Hoàng Sa' 'Hoàng Sa out of the frame'
has 'Imputed: 94 districts' 'the imputed populations'
has '^  Districts without communes: Bạch Long Vĩ ' 'the island districts'

has '^  districts +3 in each province.* 195 +195 ' 'the plan of 195 districts'
has '^  communes +2 in each district.* 390 +385 ' 'the plan of communes beside the published number'
has '^  villages +3 in each commune.* 1,170 +1,170 ' 'the plan of 1,170 villages'
has '^  forms +all +36,525 +36,525 +found' 'the plan of 36,525 forms'
has '^ +all +195 +1,170 +36,525 ' 'the totals of the plan by province'
has '^  01 +Hà Nội .* 6 +36 +2,700 ' 'the forms of Hà Nội'
has '^  79 +Hồ Chí Minh .* 6 +36 +2,700 ' 'the forms of Hồ Chí Minh'
for word in found inferred assumed; do
    has "[[:digit:][:blank:]]$word$" "a part of the plan that is $word"
done

has '^  district +systematic, by size +705 +195 ' 'the districts drawn'
has '^  village +simple random +- +1,170 ' 'the villages drawn'
has '^  person +simple random +- +36,525 ' 'the persons drawn'
has 'less 2 x [0-9]+ drawn districts without communes = 3[0-9][0-9]\. Published: 385\.' 'the communes drawn, explained'

has '^4\. ANSWERS: simulated' 'that the answers are simulated'
has '^  policy +83\.8400 +83\.84 +simulated$' 'the expected level of policy'
has '^  services +84\.0900 +84\.09 +simulated$' 'the expected level of services'
has '^  index +83\.94[0-9]+ +83\.94 +simulated$' 'the expected index'
has 'Design weights: Kish design effect ' "Kish's design effect"

# 51 nodes: code, name, estimate, se, interval, df, df*, n, deff, unweighted, perhaps the published value.
number='[0-9]+\.[0-9]+'
counts "^ +(SIPAS|I|II|I\.[A-D]|II\.[A-E]|q[0-3][0-9])  .* $number +$number +$number - $number .* simulated\$" 51 'nodes'
counts "^ +[0-9]+  .* $number +$number +$number - $number +[0-9]+ +[0-9]+ - [0-9]+ .* simulated\$" 63 'provinces'
has "^  SIPAS .* 83\.94 +simulated\$" 'the published index beside the estimate'
has 'Neighbours in rank that cannot be told apart: [0-9]+ of 62 pairs.*simulated' 'neighbours in rank'
has '^  Lạng Sơn is between [0-9]+(st|nd|rd|th) and [0-9]+(st|nd|rd|th) of 63 \(simulated\)' 'the rank of Lạng Sơn'

has '^9\. TWO TIERS' 'the plan for two tiers'
has '^  province +all +34 +34 ' 'its 34 provinces'
has '^  commune +simple random +3,321 +390 ' 'its 3,321 communes'
has '^  village +simple random +- +1,170 ' 'its villages'
has '^  forms +all, as in 2024 +36,525 ' 'its forms'

# The estimates must be near what the model expects: 83.94, the standard error being about 0.1.
awk '$1 == "SIPAS" && /simulated$/ {
    for (i = 2; i <= NF; i++) if ($i ~ /^[0-9]+\.[0-9]+$/) { near = $i > 83.4 && $i < 84.5; exit }
} END { exit !near }' "$file" || { echo 'the index is far from 83.94'; failed=1; }

exit $failed
