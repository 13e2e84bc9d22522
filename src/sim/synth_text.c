/* SPDX-License-Identifier: MIT */
#include "sim/synth_text.h"

#include "base/attr.h"
#include "base/utf.h"

/* Words of a script, parted by spaces. */
static const char *const word_lists[SIM_SCRIPTS] = {
	[SIM_LATIN] =
		"the archive keeps every message and its pictures where people find them again "
		"after years of rain over harbour garden kitchen ladder mórgen straße déjà vu "
		"smørrebrød niño façade żółw ősz ırmak maybe tomorrow we meet before noon at "
		"station with bread cheese tea two bicycles small lantern letters from "
		"grandmother sound good okay thanks",
	[SIM_CYRILLIC] = "архив хранит каждое сообщение и картинки там где их найдут снова спустя "
			 "годы дождь над гаванью сад кухня лестница завтра утром встретимся на "
			 "вокзале хлеб сыр чай два велосипеда маленький фонарь письма от бабушки "
			 "хорошо ладно спасибо може бути їжак ґанок ўсё добре",
	[SIM_GREEK] = "το αρχείο κρατά κάθε μήνυμα και εικόνα όπου θα βρεθούν ξανά μετά από χρόνια "
		      "βροχή λιμάνι κήπος κουζίνα σκάλα αύριο πρωί σταθμός ψωμί τυρί τσάι δύο "
		      "ποδήλατα μικρό φανάρι γράμματα εντάξει ευχαριστώ",
	[SIM_HEBREW] = "הארכיון שומר כל הודעה ותמונה במקום שבו ימצאו אותן שוב אחרי שנים גשם מעל "
		       "הנמל גינה מטבח סולם מחר בבוקר ניפגש בתחנה לחם גבינה תה שני אופניים פנס קטן "
		       "מכתבים מסבתא טוב בסדר תודה",
	[SIM_ARABIC] = "الأرشيف يحفظ كل رسالة وصورة حيث نجدها من جديد بعد سنوات مطر فوق الميناء "
		       "حديقة مطبخ سلم غدا صباحا نلتقي في المحطة خبز جبن شاي دراجتان مصباح صغير "
		       "رسائل من الجدة حسنا شكرا",
	[SIM_CJK] =
		"档案 保存 每条 消息 图片 以后 还能 找到 港口 下雨 花园 厨房 梯子 明天 早上 "
		"车站 见面 面包 奶酪 茶 两辆 自行车 小灯笼 奶奶的信 好的 谢谢 写真 を 残す ため "
		"に 夜の街 ありがとう 駅前 で 会おう 사진 보관 내일 아침 고마워 𠮷野家",
	[SIM_EMOJI] =
		"🙂 😂 ❤️ 👍 👍🏽 🙏🏿 🎉 🔥 🌧️ 🌻 🚲 🍞 🧀 🍵 🏮 ✉️ 👩‍💻 👨🏾‍🌾 🏳️‍🌈 👩‍❤️‍👨 🇳🇴 🇧🇷 5️⃣ 🫶🏼 🧑‍🚀",
};

static const char *const first_names[] = { "Ada", "Borys", "Chiara", "Dmitri", "Eszter", "Farid",
	"Gudrun", "Hana", "Ivo", "Jun", "Katya", "Liron", "Mwangi", "Noor", "Olu", "Petra", "Quim",
	"Rosa", "Soren", "Tamar", "Umut", "Vera", "Wen", "Ximena", "Yusuf", "Zofia", "Лина",
	"Мирон", "נועה", "ليلى", "美咲", "小明" };
static const char *const last_names[] = { "Abend", "Birch", "Costa", "Drozd", "Eklund", "Fontaine",
	"Garnet", "Holm", "Iriarte", "Juniper", "Kestrel", "Lund", "Marsh", "Nowak", "Ortega",
	"Pilar", "Quill", "Reed", "Sorrel", "Tanaka", "Ulrich", "Vale", "Winter", "Yarrow",
	"Zeman" };

struct tobs_view synth_first_name(uint64_t n)
{
	return tobs_str(first_names[n % ARRAY_LEN(first_names)]);
}

struct tobs_view synth_last_name(uint64_t n)
{
	return tobs_str(last_names[n % ARRAY_LEN(last_names)]);
}

static void add_word(struct synth_words *w, int script, struct tobs_view word)
{
	struct synth_word *to = &w->words[script][w->count[script]];

	if (word.len > SYNTH_WORD_BYTES || w->count[script] == SYNTH_WORDS_MAX)
		return;
	memcpy(to->bytes, word.ptr, word.len);
	to->len = (uint8_t)word.len;
	to->units = (uint8_t)utf16_len(word);
	w->count[script]++;
}

void synth_words_init(struct synth_words *w, uint32_t scripts)
{
	memset(w, 0, sizeof *w);
	for (int script = 0; script < SIM_SCRIPTS; script++) {
		struct tobs_view list = tobs_str(word_lists[script]), word;

		if (!(scripts >> script & 1))
			continue;
		w->scripts[w->script_count++] = (uint8_t)script;
		while (tobs_view_split(&list, ' ', &word))
			add_word(w, script, word);
	}
}

struct tobs_view synth_word(const struct synth_words *w, uint64_t n)
{
	int script = w->scripts[0];
	const struct synth_word *word = &w->words[script][n % w->count[script]];

	return tobs_view(word->bytes, word->len);
}

/* What stands behind a word: mostly a space, now and then the end of a sentence or line. */
static size_t put_gap(char *out, uint32_t dice, int script)
{
	static const char *const wide[] = { "，", "。", "！" };

	if (script == SIM_CJK) {
		if (dice >= 24)
			return 0;
		memcpy(out, wide[dice % 3], 3);
		return 3;
	}
	if (dice < 12) {
		out[0] = dice < 8 ? '.' : dice < 10 ? '!' : '?';
		out[1] = dice < 4 ? '\n' : ' ';
		return 2;
	}
	if (dice < 24) {
		out[0] = ',';
		out[1] = ' ';
		return 2;
	}
	out[0] = ' ';
	return 1;
}

bool synth_text(struct synth_words *w, struct prng *p, int32_t units, struct synth_spans *spans,
	struct tobs_arena *arena, struct tobs_view *ret)
{
	uint64_t dice = prng_next(p);
	int script = w->scripts[dice % w->script_count];
	const struct synth_word *words = w->words[script];
	uint32_t count = w->count[script], number = 0, span = 0, open = 0;
	char *out = w->scratch;
	int32_t length = 0;
	size_t gap = 0;
	char *copy;

	units = MIN(units, SYNTH_TEXT_MAX);
	for (;; number++) {
		const struct synth_word *word;

		/* Four words from one draw: 8 bits for the word, 8 for what follows it. */
		if (number % 4 == 0)
			dice = prng_next(p);
		else
			dice >>= 16;
		word = &words[(uint32_t)(dice & 0xff) * count >> 8];
		if (length && length + word->units > units)
			break;
		if (UNLIKELY(span < spans->count && spans->items[span].at == number)) {
			spans->items[span].offset = length;
			open = spans->items[span].words;
		}
		memcpy(out, word->bytes, SYNTH_WORD_BYTES);
		out += word->len;
		length += word->units;
		if (UNLIKELY(open && --open == 0)) {
			spans->items[span].length = length - spans->items[span].offset;
			span++;
		}
		gap = put_gap(out, (uint32_t)(dice >> 8 & 0xff), script);
		out += gap;
		length += (int32_t)(script == SIM_CJK ? gap / 3 : gap);
		if (length >= units)
			break;
	}
	/* Texts neither end with a space nor with an entity that was cut off. */
	out -= script == SIM_CJK ? 0 : gap;
	copy = tobs_arena_dup(arena, w->scratch, (size_t)(out - w->scratch));
	*ret = tobs_view(copy, (size_t)(out - w->scratch));
	return copy != NULL;
}
