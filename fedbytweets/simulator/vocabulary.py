"""What the made-up people talk about: topics, sentences, names and places, all as plain values.

The shape follows the recorded sample of the system being replaced (Portuguese first, accents, emoji, line
breaks, a place without a country); the sentences are our own.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A subject people post about: the ways they write its name, and its share of all posts (0 to 1)."""

    name: str
    phrases: tuple[str, ...]
    share: float


LULA = Topic("lula", ("Lula", "lula", "o presidente Lula", "Luiz Inácio", "LULA", "Luiz Inacio"), 0.5)
BOLSONARO = Topic("bolsonaro", ("Bolsonaro", "bolsonaro", "Jair Bolsonaro", "BOLSONARO"), 0.4)
TOPICS = (LULA, BOLSONARO)
"""The two subjects the project comes with; what is left of the shares is talk about neither."""

NEUTRAL = Topic("", ("o Congresso", "a prefeitura", "o vizinho", "a seleção", "o Sr. João"), 0.0)
"""What a post is about when it is about none of the topics."""

LANGUAGES = (("pt", 0.86), ("es", 0.08), ("en", 0.03), ("und", 0.03))
"""Languages as X names them, with their shares."""

SENTENCES: dict[str, tuple[str, ...]] = {
    "pt": (
        "Vi agora a entrevista de {who} sobre a economia, alguém mais assistiu?",
        "{who} confirmou presença no debate de amanhã à noite.",
        "Não sei o que pensar do discurso de {who} hoje em Brasília 🤔",
        "A pesquisa de hoje mostra {who} e {rival} empatados na margem de erro.",
        "Meu avô só fala de {who} no café da manhã kkkkk",
        "Segundo a reportagem, {who} vai viajar ao Nordeste na próxima semana.",
        'Perguntaram: "e {who}?" Ninguém soube responder.',
        "Trânsito parado por causa do ato de {who} na avenida 😩",
        "{who} falou de saúde, educação e preço da gasolina. E você, o que achou?",
        "Acabei de ler o programa de {who}: são 48 páginas, vou resumir num fio 🧵",
        "Que chuva! Mesmo assim a fila para ver {who} dava a volta no quarteirão ☔",
        "Alguém tem o link da coletiva de {who}? Perdi o começo.",
        "Entre {who} e {rival}, a turma da faculdade está dividida.",
        "Hoje {who} visitou a feira do bairro e comeu pastel 🥟",
        "O projeto que {who} enviou à Câmara será votado na quinta-feira.",
        "Só se fala de {who} nesse grupo da família 😂😂",
        "Estou há uma hora esperando a transmissão de {who} começar...",
        "Análise: o que muda no orçamento com a proposta de {who}",
    ),
    "es": (
        "¿Alguien vio la entrevista de {who} esta mañana?",
        "{who} viajará a la cumbre del Mercosur la próxima semana.",
        "Según la encuesta, {who} y {rival} están muy cerca.",
        "El discurso de {who} en español, aquí completo 👇",
        "Mañana habla {who}; ojalá diga algo sobre el comercio con la región.",
    ),
    "en": (
        "Watching {who} speak live, the translation is a bit behind.",
        "What does {who} mean for trade with Brazil? A short thread.",
        "{who} and {rival} are neck and neck in today's poll.",
        "Anyone has a transcript of what {who} said today?",
    ),
    "und": ("{who} 🇧🇷🇧🇷🇧🇷", "{who}!!!", "{who} 👀", "#{rival} {who} 1️⃣2️⃣3️⃣"),
}
"""Sentences a language has; `{who}` is the topic, `{rival}` another one."""

TAILS = (
    "",
    "",
    "",
    "",
    "",
    " 👏🏽👏🏽",
    "\n\n#Brasil",
    " #Eleições2026",
    "\n#política #debate",
    " 👨‍👩‍👧‍👦",
    " kkkk",
    " 😂",
)
"""What may follow a sentence."""

FIRST_NAMES = (
    "Ana", "Bruno", "Carla", "Davi", "Eliane", "Fábio", "Gabi", "Heitor", "Inês", "João", "Karina", "Léo",
    "Marta", "Nando", "Olívia", "Paulo", "Quésia", "Rita", "Saulo", "Tânia", "Ugo", "Vera", "Wagner", "Zeca",
)  # fmt: skip
LAST_NAMES = ("Silva", "Souza", "Conceição", "de Araújo", "Ramos", "Nunes 🇧🇷", "Moreira", "🌻", "Teixeira", "Guimarães")
LOCATIONS = (
    "São Paulo, Brasil", "Rio de Janeiro", "Belém do Pará", "Brasil", "Recife - PE", "Porto Alegre, RS",
    "no mundo da lua 🌙", "Lisboa, Portugal", "Curitiba", "Buenos Aires", "Goiânia, GO", "127.0.0.1",
)  # fmt: skip
DESCRIPTIONS = (
    "", "Professora, mãe de dois, café forte ☕", "Engenheiro. Opiniões minhas.", "Torcedor sofredor ⚽",
    "Notícias e análises todos os dias.\nContato por DM", "História, política e gatos 🐈", "Só observo.",
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A place as X describes it; `bbox` is west, south, east, north in degrees. Some have no country."""

    id: str
    full_name: str
    name: str
    country: str | None
    country_code: str | None
    place_type: str
    bbox: tuple[float, float, float, float]


_SAO_PAULO = (-46.83, -24.01, -46.37, -23.36)
PLACES = (
    Place("a1c0ffee00000001", "São Paulo, Brasil", "São Paulo", "Brasil", "BR", "city", _SAO_PAULO),
    Place("a1c0ffee00000002", "Rio, Brasil", "Rio de Janeiro", "Brasil", "BR", "city", (-43.8, -23.08, -43.1, -22.75)),
    Place(
        "a1c0ffee00000003", "Campo Grande, Brazil", "Campo Grande", "Brazil", "BR", "city", (-55.0, -21.6, -53.6, -20.2)
    ),
    Place("a1c0ffee00000004", "Recife, Brazil", "Recife", "Brazil", "BR", "city", (-35.02, -8.16, -34.86, -7.93)),
    Place("a1c0ffee00000005", "Bahia, Brasil", "Bahia", "Brasil", "BR", "admin", (-46.62, -18.35, -37.34, -8.53)),
    Place("a1c0ffee00000006", "Linares, Chile", "Linares", "Chile", "CL", "city", (-71.79, -36.23, -71.0, -35.71)),
    Place("a1c0ffee00000007", "Lisboa, Portugal", "Lisboa", "Portugal", "PT", "city", (-9.23, 38.69, -9.09, 38.8)),
    Place("a1c0ffee00000008", "Praça da Sé", "Praça da Sé", "Brasil", "BR", "poi", (-46.64, -23.56, -46.63, -23.55)),
    Place("a1c0ffee00000009", "Atlântico Sul", "Atlântico Sul", None, None, "unknown", (-40.0, -30.0, -20.0, -5.0)),
)
