"""manage.py ask "question" """

import time
from typing import Any

from django.core.management.base import CommandError, CommandParser

from accounts.models import Customer, Shop
from knowledge import answers, confidence, gaps, retrieval
from knowledge.management.base import KnowledgeCommand, language_of
from knowledge.models import Article, Audience, Revision


class Command(KnowledgeCommand):
    help = "Answer a question from the published articles, with sources, or say that we cannot."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("question")
        parser.add_argument("--language", help="only from articles in this language")
        parser.add_argument("--customer", metavar="EMAIL", help="answer as to this customer, who has signed in")

    def handle(self, *args: Any, **options: Any) -> None:
        shop, question = self.shop(options), options["question"]
        customer = self._customer(shop, options["customer"])
        steps: dict[str, float] = {}
        started = time.perf_counter()
        passages = retrieval.search(
            shop,
            question,
            language=language_of(options["language"] or (customer.language if customer else None), shop),
            audience=Audience.CUSTOMERS if customer else Audience.PUBLIC,
            deadline=None,  # a command has the time
            steps=steps,
        )
        searched = time.perf_counter()
        answer = answers.compose(question, passages)
        steps["compose"] = round((time.perf_counter() - searched) * 1000, 2)
        steps["total"] = round((time.perf_counter() - started) * 1000, 2)
        sure = round(answer.confidence if answer else confidence.of(passages), 4)
        if answer is None and question.strip():
            gaps.record(shop, question, language=options["language"] or "", confidence=sure, customer=customer)
        if options["json"]:
            self.tell(_told(question, answer, sure, steps))
        else:
            self._print(answer, sure, steps)

    def _customer(self, shop: Shop, email: str | None) -> Customer | None:
        if not email:
            return None
        customer = Customer.objects.filter(shop=shop, merged_into=None, email=email.lower()).first()
        if customer is None:
            raise CommandError(f"{shop} has no customer {email}.")
        return customer

    def _print(self, answer: answers.Answer | None, sure: float, steps: dict[str, float]) -> None:
        if answer is None:
            self.stdout.write("I am not sure enough to answer that.")
        else:
            self.stdout.write(f"{answer.text}\n")
            for place in dict.fromkeys(
                (citation.title or citation.external_id, citation.external_id)
                for sentence in answer.sentences
                for citation in sentence.citations
            ):
                self.stdout.write(f"Source: {place[0]} ({place[1]})")
        self.stdout.write(f"Confidence {sure:.2f}; {steps['total']} ms")


def _told(question: str, answer: answers.Answer | None, sure: float, steps: dict[str, float]) -> dict[str, Any]:
    cited = [citation for sentence in answer.sentences for citation in sentence.citations] if answer else []
    numbers = dict(Revision.objects.filter(pk__in={each.revision for each in cited}).values_list("pk", "number"))
    shown = Article.objects.in_bulk({each.article for each in cited})
    return {
        "question": question,
        "answer": answer.text if answer else None,
        "sentences": [
            {"text": sentence.text, "citations": [cited.index(citation) for citation in sentence.citations]}
            for sentence in (answer.sentences if answer else ())
        ],
        "citations": [
            {
                "article": each.external_id,
                "title": each.title,
                "url": shown[each.article].get_absolute_url(),
                "revision": numbers[each.revision],
                "start": each.start,
                "end": each.end,
                "quote": each.quote,
            }
            for each in cited
        ],
        "confidence": sure,
        "abstained": answer is None,
        "milliseconds": steps,
    }
