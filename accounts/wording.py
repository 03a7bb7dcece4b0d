"""The first version of every consent text. A shop that wants other words publishes a new version of its own."""

from accounts.models import Purpose

# Not gettext: a translation may be mended any day, what a person agreed to may not.
FIRST: dict[str, dict[str, str]] = {
    "en": {
        Purpose.NECESSARY: (
            "We use what you write, your contact details and your orders to answer you. "
            "Without this we cannot help, so it is always on."
        ),
        Purpose.PERSONALISATION: (
            "We may use your earlier orders, conversations and preferences to make answers and suggestions fit you. "
            "If you say no, you get the same help as anybody else."
        ),
        Purpose.LEARNING: (
            "We may use your conversations, with names and numbers taken out, to teach our assistant to answer better."
        ),
        Purpose.STATISTICS: (
            "We may count your conversations in figures about our service, such as waiting times. "
            "The figures name nobody."
        ),
        Purpose.NEWS: "We may write to you about products that match what you bought. You can stop this at any time.",
    },
    "es": {
        Purpose.NECESSARY: (
            "Usamos lo que escribes, tus datos de contacto y tus pedidos para responderte. "
            "Sin ello no podemos ayudarte, por eso siempre está activado."
        ),
        Purpose.PERSONALISATION: (
            "Podemos usar tus pedidos, conversaciones y preferencias anteriores para que las respuestas y sugerencias "
            "se adapten a ti. Si dices que no, recibes la misma ayuda que cualquier otra persona."
        ),
        Purpose.LEARNING: (
            "Podemos usar tus conversaciones, sin nombres ni números, para enseñar a nuestro asistente "
            "a responder mejor."
        ),
        Purpose.STATISTICS: (
            "Podemos contar tus conversaciones en las cifras de nuestro servicio, como los tiempos de espera. "
            "Las cifras no nombran a nadie."
        ),
        Purpose.NEWS: (
            "Podemos escribirte sobre productos que encajan con lo que compraste. Puedes pararlo cuando quieras."
        ),
    },
    "de": {
        Purpose.NECESSARY: (
            "Wir verwenden, was Sie schreiben, Ihre Kontaktdaten und Ihre Bestellungen, um Ihnen zu antworten. "
            "Ohne das können wir nicht helfen, deshalb ist es immer an."
        ),
        Purpose.PERSONALISATION: (
            "Wir dürfen Ihre früheren Bestellungen, Gespräche und Vorlieben nutzen, damit Antworten und Vorschläge "
            "zu Ihnen passen. Sagen Sie nein, bekommen Sie dieselbe Hilfe wie alle anderen."
        ),
        Purpose.LEARNING: (
            "Wir dürfen Ihre Gespräche, ohne Namen und Nummern, nutzen, damit unser Assistent besser antworten lernt."
        ),
        Purpose.STATISTICS: (
            "Wir dürfen Ihre Gespräche in Zahlen über unseren Service mitzählen, etwa in Wartezeiten. "
            "Die Zahlen nennen niemanden."
        ),
        Purpose.NEWS: (
            "Wir dürfen Ihnen über Produkte schreiben, die zu Ihren Käufen passen. Sie können das jederzeit beenden."
        ),
    },
    "fr": {
        Purpose.NECESSARY: (
            "Nous utilisons ce que vous écrivez, vos coordonnées et vos commandes pour vous répondre. "
            "Sans cela nous ne pouvons pas vous aider ; c'est donc toujours actif."
        ),
        Purpose.PERSONALISATION: (
            "Nous pouvons utiliser vos commandes, conversations et préférences passées pour que les réponses et "
            "suggestions vous conviennent. Si vous refusez, vous recevez la même aide que tout le monde."
        ),
        Purpose.LEARNING: (
            "Nous pouvons utiliser vos conversations, sans noms ni numéros, pour apprendre à notre assistant "
            "à mieux répondre."
        ),
        Purpose.STATISTICS: (
            "Nous pouvons compter vos conversations dans les chiffres de notre service, comme les temps d'attente. "
            "Les chiffres ne nomment personne."
        ),
        Purpose.NEWS: (
            "Nous pouvons vous écrire au sujet de produits en rapport avec vos achats. "
            "Vous pouvez l'arrêter à tout moment."
        ),
    },
}
