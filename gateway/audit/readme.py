"""What an export says of itself, in the three languages."""

from __future__ import annotations

from typing import Final

README: Final = """\
DÄLEL: журнал айғақтары · ДОКАЗАТЕЛЬНЫЙ ЖУРНАЛ · THE LEDGER

Қазақша
  leaves.jsonl       әр жолы — бір жазбаның куәлігі: кім, нені, қашан. Адамдардың сөздері мен деректері мұнда жоқ.
  tree-heads/N.*     N жолға қойылған мөр: басы (json), қолтаңбасы (sig), сертификаты (pem), уақыт белгісі (tst).
  since.json         бұл файл журналдың қай жерінен басталатыны.
  check.py           тексеруші бағдарлама; Python ғана қажет:
                     python3 -I check.py EXPORT.zip --trust CA.pem
  Бір жолдың бір әрпі өзгерсе, тексеру өтпейді. N.json файлын сақтап қойыңыз: келесі жолы журналдың
  өткені қайта жазылмағанын --kept N.json арқылы өзіңіз тексере аласыз.

Русский
  leaves.jsonl       каждая строка — свидетельство об одной записи: кто, что, когда. Слов и данных людей здесь нет.
  tree-heads/N.*     печать над N строками: заголовок (json), подпись (sig), сертификат (pem), метка времени (tst).
  since.json         с какого места журнала начинается этот файл.
  check.py           программа проверки; нужен только Python:
                     python3 -I check.py EXPORT.zip --trust CA.pem
  Если изменить хоть одну букву одной строки, проверка не пройдёт. Сохраните N.json: в следующий раз
  вы сами проверите с --kept N.json, что прошлое журнала не переписано.

English
  leaves.jsonl       each line vouches for one record: who, what, when. No words and no data of people are in it.
  tree-heads/N.*     the seal over N lines: head (json), signature (sig), certificate (pem), time-stamp token (tst).
  since.json         where in the ledger this file begins.
  check.py           the checker; it needs Python and nothing else:
                     python3 -I check.py EXPORT.zip --trust CA.pem
  Change one letter of one line and the check fails. Keep N.json: next time you can see for yourself, with
  --kept N.json, that the past was not written anew.

The tree is RFC 9162 §2.1; its entries are the SHA-256 of the lines. The commands of openssl stand in check.py.
"""
