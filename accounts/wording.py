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
    "it": {
        Purpose.NECESSARY: (
            "Usiamo ciò che scrivi, i tuoi recapiti e i tuoi ordini per risponderti. "
            "Senza questo non possiamo aiutarti, quindi è sempre attivo."
        ),
        Purpose.PERSONALISATION: (
            "Possiamo usare i tuoi ordini, le conversazioni e le preferenze di prima perché risposte e suggerimenti "
            "siano adatti a te. Se dici di no, ricevi lo stesso aiuto di chiunque altro."
        ),
        Purpose.LEARNING: (
            "Possiamo usare le tue conversazioni, senza nomi né numeri, per insegnare al nostro assistente "
            "a rispondere meglio."
        ),
        Purpose.STATISTICS: (
            "Possiamo contare le tue conversazioni nelle cifre sul nostro servizio, come i tempi di attesa. "
            "Le cifre non nominano nessuno."
        ),
        Purpose.NEWS: (
            "Possiamo scriverti di prodotti adatti a ciò che hai acquistato. Puoi interrompere in qualsiasi momento."
        ),
    },
    "pt": {
        Purpose.NECESSARY: (
            "Usamos o que escreve, os seus contactos e as suas encomendas para lhe responder. "
            "Sem isto não podemos ajudar, por isso está sempre ligado."
        ),
        Purpose.PERSONALISATION: (
            "Podemos usar as suas encomendas, conversas e preferências anteriores para que as respostas e sugestões "
            "se adaptem a si. Se disser que não, recebe a mesma ajuda que qualquer outra pessoa."
        ),
        Purpose.LEARNING: (
            "Podemos usar as suas conversas, sem nomes nem números, para ensinar o nosso assistente a responder melhor."
        ),
        Purpose.STATISTICS: (
            "Podemos contar as suas conversas nos números sobre o nosso serviço, como os tempos de espera. "
            "Os números não identificam ninguém."
        ),
        Purpose.NEWS: (
            "Podemos escrever-lhe sobre produtos que combinam com o que comprou. Pode parar isto em qualquer altura."
        ),
    },
    "nl": {
        Purpose.NECESSARY: (
            "We gebruiken wat je schrijft, je contactgegevens en je bestellingen om je te antwoorden. "
            "Zonder dit kunnen we niet helpen, dus staat het altijd aan."
        ),
        Purpose.PERSONALISATION: (
            "We mogen je eerdere bestellingen, gesprekken en voorkeuren gebruiken om antwoorden en suggesties "
            "bij jou te laten passen. Zeg je nee, dan krijg je dezelfde hulp als ieder ander."
        ),
        Purpose.LEARNING: (
            "We mogen je gesprekken, zonder namen en nummers, gebruiken om onze assistent beter te leren antwoorden."
        ),
        Purpose.STATISTICS: (
            "We mogen je gesprekken meetellen in cijfers over onze service, zoals wachttijden. "
            "De cijfers noemen niemand."
        ),
        Purpose.NEWS: "We mogen je schrijven over producten die passen bij wat je kocht. Je kunt dit altijd stoppen.",
    },
    "pl": {
        Purpose.NECESSARY: (
            "Używamy tego, co piszesz, Twoich danych kontaktowych i zamówień, aby Ci odpowiedzieć. "
            "Bez tego nie możemy pomóc, dlatego jest to zawsze włączone."
        ),
        Purpose.PERSONALISATION: (
            "Możemy używać Twoich wcześniejszych zamówień, rozmów i upodobań, aby odpowiedzi i propozycje "
            "pasowały do Ciebie. Bez tej zgody dostajesz taką samą pomoc jak wszyscy inni."
        ),
        Purpose.LEARNING: (
            "Możemy używać Twoich rozmów, bez imion i numerów, aby nasz asystent uczył się lepiej odpowiadać."
        ),
        Purpose.STATISTICS: (
            "Możemy uwzględniać Twoje rozmowy w liczbach o naszej obsłudze, takich jak czas oczekiwania. "
            "Liczby nie wskazują nikogo."
        ),
        Purpose.NEWS: (
            "Możemy pisać do Ciebie o produktach pasujących do Twoich zakupów. Można to zakończyć w każdej chwili."
        ),
    },
}
