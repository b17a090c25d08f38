// The words by which a recipient asks for no more messages, for messages again, or for help, and what is answered by default, by
// language. Words only: whom a word concerns, and what follows, is for who reads the inbound message.
//
// A word counts only when it is the whole message, so that "please stop by at six" stops nothing. "Yes" is in no list: as an
// answer to a question it is far more common than as a wish to be subscribed again.

export type Keyword = 'stop' | 'start' | 'help'

interface Words {
  readonly stop: readonly string[]
  readonly start: readonly string[]
  readonly help: readonly string[]
  /** What the recipient is answered. Each says what to send next. */
  readonly answers: Readonly<Record<Keyword, string>>
}

/**
 * By ISO 639-1. Written as people write them; case, accents, spaces and punctuation do not matter. The words of `en` count in every language:
 * the CTIA's principles (5.1.3) and the FCC's rule of 2025 (47 CFR 64.1200(a)(10): stop, quit, end, revoke, opt out, cancel, unsubscribe) name them.
 */
export const optOutWords = {
  en: {
    stop: ['stop', 'stop all', 'unsubscribe', 'cancel', 'end', 'quit', 'revoke', 'opt out', 'remove', 'remove me'],
    start: ['start', 'unstop', 'subscribe', 'resubscribe', 'opt in'],
    help: ['help', 'info'],
    answers: {
      stop: 'You will get no more messages from this number. Reply START to get them again.',
      start: 'You will get messages from this number again. Reply STOP to end them.',
      help: 'Reply STOP to get no more messages from this number, START to get them again.',
    },
  },
  es: {
    stop: ['alto', 'parar', 'baja', 'cancelar', 'detener', 'no más', 'darse de baja'],
    start: ['alta', 'iniciar', 'empezar', 'comenzar', 'suscribir'],
    help: ['ayuda', 'información'],
    answers: {
      stop: 'Ya no recibirá mensajes de este número. Responda START para volver a recibirlos.',
      start: 'Volverá a recibir mensajes de este número. Responda STOP para dejar de recibirlos.',
      help: 'Responda STOP para no recibir más mensajes de este número, START para recibirlos de nuevo.',
    },
  },
  fr: {
    stop: ['arrêt', 'arrêter', 'arrêtez', 'désabonner', 'désabonnement', 'désinscrire', 'annuler'],
    start: ['démarrer', 'débuter', 'réabonner', 'abonner'],
    help: ['aide', 'infos'],
    answers: {
      stop: 'Vous ne recevrez plus de messages de ce numéro. Répondez START pour en recevoir à nouveau.',
      start: 'Vous recevrez à nouveau les messages de ce numéro. Répondez STOP pour ne plus en recevoir.',
      help: 'Répondez STOP pour ne plus recevoir de messages de ce numéro, START pour en recevoir à nouveau.',
    },
  },
  de: {
    stop: ['stopp', 'abmelden', 'abbestellen', 'beenden', 'ende', 'austragen'],
    start: ['anmelden', 'starten', 'wieder anmelden'],
    help: ['hilfe'],
    answers: {
      stop: 'Sie erhalten keine Nachrichten mehr von dieser Nummer. Mit START erhalten Sie sie wieder.',
      start: 'Sie erhalten wieder Nachrichten von dieser Nummer. Mit STOP beenden Sie sie.',
      help: 'STOP: keine Nachrichten mehr von dieser Nummer. START: wieder Nachrichten erhalten.',
    },
  },
  pt: {
    stop: ['sair', 'parar', 'pare', 'cancelar', 'remover', 'descadastrar'],
    start: ['iniciar', 'começar', 'voltar', 'cadastrar'],
    help: ['ajuda'],
    answers: {
      stop: 'Não receberá mais mensagens deste número. Responda START para voltar a recebê-las.',
      start: 'Voltará a receber mensagens deste número. Responda STOP para deixar de as receber.',
      help: 'Responda STOP para não receber mais mensagens deste número, START para voltar a recebê-las.',
    },
  },
  it: {
    stop: ['ferma', 'basta', 'annulla', 'cancella', 'disiscrivi', 'disiscrivimi'],
    start: ['inizia', 'avvia', 'iscrivi', 'iscrivimi'],
    help: ['aiuto'],
    answers: {
      stop: 'Non riceverà più messaggi da questo numero. Risponda START per riceverli di nuovo.',
      start: 'Riceverà di nuovo i messaggi da questo numero. Risponda STOP per non riceverli più.',
      help: 'Risponda STOP per non ricevere più messaggi da questo numero, START per riceverli di nuovo.',
    },
  },
  nl: {
    stop: ['afmelden', 'uitschrijven', 'stoppen', 'einde', 'annuleren'],
    start: ['aanmelden', 'inschrijven', 'starten'],
    help: ['hulp'],
    answers: {
      stop: 'U ontvangt geen berichten meer van dit nummer. Antwoord START om ze weer te ontvangen.',
      start: 'U ontvangt weer berichten van dit nummer. Antwoord STOP om ze te beëindigen.',
      help: 'Antwoord STOP om geen berichten meer van dit nummer te ontvangen, START om ze weer te ontvangen.',
    },
  },
  pl: {
    stop: ['rezygnuję', 'rezygnacja', 'wypisz', 'anuluj', 'koniec', 'zatrzymaj'],
    start: ['zapisz', 'wznów', 'włącz'],
    help: ['pomoc'],
    answers: {
      stop: 'Nie będziesz już otrzymywać wiadomości z tego numeru. Odpisz START, aby znów je otrzymywać.',
      start: 'Znów będziesz otrzymywać wiadomości z tego numeru. Odpisz STOP, aby zrezygnować.',
      help: 'Odpisz STOP, aby nie otrzymywać wiadomości z tego numeru, START, aby znów je otrzymywać.',
    },
  },
  tr: {
    stop: ['dur', 'iptal', 'durdur', 'ret', 'çıkış', 'abonelikten çık'],
    start: ['başla', 'başlat', 'abone ol'],
    help: ['yardım', 'bilgi'],
    answers: {
      stop: 'Bu numaradan artık mesaj almayacaksınız. Yeniden almak için START yazıp yanıtlayın.',
      start: 'Bu numaradan yeniden mesaj alacaksınız. Almamak için STOP yazıp yanıtlayın.',
      help: 'Bu numaradan mesaj almamak için STOP, yeniden almak için START yazıp yanıtlayın.',
    },
  },
  ru: {
    stop: ['стоп', 'отписаться', 'отписка', 'отмена', 'отменить', 'хватит'],
    start: ['старт', 'начать', 'подписаться', 'подписка'],
    help: ['помощь', 'справка', 'инфо'],
    answers: {
      stop: 'Вы больше не будете получать сообщения с этого номера. Ответьте START, чтобы получать их снова.',
      start: 'Вы снова будете получать сообщения с этого номера. Ответьте STOP, чтобы отказаться.',
      help: 'Ответьте STOP, чтобы не получать сообщения с этого номера, START, чтобы получать их снова.',
    },
  },
  uk: {
    stop: ['стоп', 'відписатися', 'відписка', 'скасувати', 'досить'],
    start: ['старт', 'почати', 'підписатися', 'підписка'],
    help: ['допомога', 'довідка', 'інфо'],
    answers: {
      stop: 'Ви більше не отримуватимете повідомлень із цього номера. Відповідайте START, щоб отримувати їх знову.',
      start: 'Ви знову отримуватимете повідомлення з цього номера. Відповідайте STOP, щоб відмовитися.',
      help: 'Відповідайте STOP, щоб не отримувати повідомлень із цього номера, START, щоб отримувати їх знову.',
    },
  },
  ar: {
    stop: ['توقف', 'إيقاف', 'قف', 'إلغاء', 'إلغاء الاشتراك'],
    start: ['ابدأ', 'بدء', 'ابدا', 'اشتراك', 'اشترك'],
    help: ['مساعدة', 'معلومات'],
    answers: {
      stop: 'لن تصلك رسائل أخرى من هذا الرقم. أرسل START لاستقبالها من جديد.',
      start: 'ستصلك الرسائل من هذا الرقم من جديد. أرسل STOP لإيقافها.',
      help: 'أرسل STOP لإيقاف الرسائل من هذا الرقم، أو START لاستقبالها من جديد.',
    },
  },
  he: {
    stop: ['הסר', 'הסרה', 'עצור', 'הפסק', 'ביטול'],
    start: ['התחל', 'הצטרף', 'הרשמה'],
    help: ['עזרה', 'מידע'],
    answers: {
      stop: 'לא יישלחו אליך עוד הודעות ממספר זה. להמשך קבלת הודעות יש להשיב START.',
      start: 'יישלחו אליך שוב הודעות ממספר זה. להפסקה יש להשיב STOP.',
      help: 'להפסקת הודעות ממספר זה יש להשיב STOP, ולחידושן START.',
    },
  },
  ja: {
    stop: ['停止', '配信停止', 'ストップ', '解除', '中止', '退会'],
    start: ['開始', '再開', 'スタート', '登録'],
    help: ['ヘルプ', '助けて', '案内'],
    answers: {
      stop: 'この番号からのメッセージを停止しました。再開するには START と返信してください。',
      start: 'この番号からのメッセージを再開しました。停止するには STOP と返信してください。',
      help: 'この番号からのメッセージを停止するには STOP、再開するには START と返信してください。',
    },
  },
  zh: {
    stop: ['停止', '退订', '退訂', '取消', '取消订阅', '取消訂閱', '停'],
    start: ['开始', '開始', '订阅', '訂閱', '恢复', '恢復'],
    help: ['帮助', '幫助', '说明', '說明'],
    answers: {
      stop: '您将不再收到此号码的消息。回复 START 可恢复接收。',
      start: '您将重新收到此号码的消息。回复 STOP 可停止接收。',
      help: '回复 STOP 停止接收此号码的消息,回复 START 恢复接收。',
    },
  },
  ko: {
    stop: ['중지', '수신거부', '정지', '그만', '취소'],
    start: ['시작', '재개', '수신동의'],
    help: ['도움말', '도움'],
    answers: {
      stop: '이 번호에서 더 이상 메시지를 받지 않습니다. 다시 받으려면 START라고 답장하세요.',
      start: '이 번호에서 다시 메시지를 받습니다. 그만 받으려면 STOP이라고 답장하세요.',
      help: '이 번호의 메시지를 그만 받으려면 STOP, 다시 받으려면 START라고 답장하세요.',
    },
  },
  hi: {
    stop: ['रोकें', 'रोको', 'बंद', 'बंद करें', 'बंद करो', 'रद्द करें'],
    start: ['शुरू', 'शुरू करें', 'शुरू करो', 'चालू करें'],
    help: ['मदद', 'सहायता'],
    answers: {
      stop: 'अब आपको इस नंबर से संदेश नहीं मिलेंगे। फिर से पाने के लिए START लिखकर भेजें।',
      start: 'अब आपको इस नंबर से फिर संदेश मिलेंगे। बंद करने के लिए STOP लिखकर भेजें।',
      help: 'इस नंबर के संदेश बंद करने के लिए STOP, फिर से पाने के लिए START लिखकर भेजें।',
    },
  },
  sv: {
    stop: ['stopp', 'avsluta', 'avregistrera', 'avanmäl'],
    start: ['starta', 'anmäl', 'börja'],
    help: ['hjälp'],
    answers: {
      stop: 'Du får inga fler meddelanden från detta nummer. Svara START för att få dem igen.',
      start: 'Du får åter meddelanden från detta nummer. Svara STOP för att avsluta.',
      help: 'Svara STOP för att inte få fler meddelanden från detta nummer, START för att få dem igen.',
    },
  },
  da: {
    stop: ['stopp', 'afmeld', 'afslut', 'frameld'],
    start: ['tilmeld', 'begynd'],
    help: ['hjælp'],
    answers: {
      stop: 'Du får ikke flere beskeder fra dette nummer. Svar START for at få dem igen.',
      start: 'Du får igen beskeder fra dette nummer. Svar STOP for at afslutte.',
      help: 'Svar STOP for ikke at få flere beskeder fra dette nummer, START for at få dem igen.',
    },
  },
  nb: {
    stop: ['stopp', 'avslutt', 'meld av', 'avmeld'],
    start: ['meld på', 'påmeld', 'begynn'],
    help: ['hjelp'],
    answers: {
      stop: 'Du får ikke flere meldinger fra dette nummeret. Svar START for å få dem igjen.',
      start: 'Du får meldinger fra dette nummeret igjen. Svar STOP for å avslutte.',
      help: 'Svar STOP for ikke å få flere meldinger fra dette nummeret, START for å få dem igjen.',
    },
  },
  fi: {
    stop: ['lopeta', 'peruuta', 'seis'],
    start: ['aloita', 'tilaa', 'jatka'],
    help: ['apua', 'ohje'],
    answers: {
      stop: 'Et saa enää viestejä tästä numerosta. Vastaa START, jos haluat niitä taas.',
      start: 'Saat taas viestejä tästä numerosta. Vastaa STOP, jos et halua niitä.',
      help: 'Vastaa STOP, jos et halua viestejä tästä numerosta, START, jos haluat niitä taas.',
    },
  },
  cs: {
    stop: ['konec', 'odhlásit', 'zrušit', 'ukončit'],
    start: ['přihlásit', 'začít', 'obnovit'],
    help: ['pomoc', 'nápověda'],
    answers: {
      stop: 'Z tohoto čísla už nebudete dostávat zprávy. Odpovězte START a budete je dostávat znovu.',
      start: 'Z tohoto čísla budete znovu dostávat zprávy. Odpovězte STOP a skončí to.',
      help: 'Odpovězte STOP, nechcete-li zprávy z tohoto čísla, START, chcete-li je znovu.',
    },
  },
  ro: {
    stop: ['oprire', 'opriți', 'dezabonare', 'anulare', 'renunț'],
    start: ['pornire', 'începe', 'abonare'],
    help: ['ajutor'],
    answers: {
      stop: 'Nu veți mai primi mesaje de la acest număr. Răspundeți START pentru a le primi din nou.',
      start: 'Veți primi din nou mesaje de la acest număr. Răspundeți STOP pentru a le opri.',
      help: 'Răspundeți STOP pentru a nu mai primi mesaje de la acest număr, START pentru a le primi din nou.',
    },
  },
  el: {
    stop: ['στοπ', 'διακοπή', 'τέλος', 'ακύρωση', 'διαγραφή'],
    start: ['έναρξη', 'εγγραφή'],
    help: ['βοήθεια', 'πληροφορίες'],
    answers: {
      stop: 'Δεν θα λαμβάνετε πια μηνύματα από αυτόν τον αριθμό. Απαντήστε START για να τα λαμβάνετε ξανά.',
      start: 'Θα λαμβάνετε ξανά μηνύματα από αυτόν τον αριθμό. Απαντήστε STOP για διακοπή.',
      help: 'Απαντήστε STOP για να μη λαμβάνετε μηνύματα από αυτόν τον αριθμό, START για να τα λαμβάνετε ξανά.',
    },
  },
  id: {
    stop: ['berhenti', 'batal', 'hentikan', 'keluar'],
    start: ['mulai', 'daftar', 'lanjut'],
    help: ['bantuan', 'tolong'],
    answers: {
      stop: 'Anda tidak akan menerima pesan lagi dari nomor ini. Balas START untuk menerimanya kembali.',
      start: 'Anda akan menerima pesan lagi dari nomor ini. Balas STOP untuk berhenti.',
      help: 'Balas STOP agar tidak menerima pesan dari nomor ini, START untuk menerimanya kembali.',
    },
  },
  vi: {
    stop: ['dừng', 'hủy', 'ngừng', 'từ chối'],
    start: ['bắt đầu', 'đăng ký', 'tiếp tục'],
    help: ['trợ giúp', 'giúp đỡ', 'hướng dẫn'],
    answers: {
      stop: 'Bạn sẽ không nhận tin nhắn từ số này nữa. Trả lời START để nhận lại.',
      start: 'Bạn sẽ lại nhận tin nhắn từ số này. Trả lời STOP để dừng.',
      help: 'Trả lời STOP để không nhận tin nhắn từ số này, START để nhận lại.',
    },
  },
} as const satisfies Readonly<Record<string, Words>>

export type WordLanguage = keyof typeof optOutWords

const keywords: readonly Keyword[] = ['stop', 'start', 'help']

/** No word of any list is longer when folded; what is longer is not looked at. */
const longestMessage = 60

/**
 * What remains of a message when case, accents, spaces, punctuation and emoji are gone. The dotless and dotted i of Turkish are one letter;
 * Arabic short vowels and the lengthening stroke are left out, signs of other scripts stay.
 */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll('ı', 'i')
    .replaceAll('đ', 'd')
    .replaceAll('ß', 'ss')
    .replaceAll(/[\u0300-\u036f\u064b-\u065f\u0670\u0640]/g, '')
    .replaceAll(/[^\p{L}\p{M}\p{N}]/gu, '')
    .replaceAll(/[\ufe00-\ufe0f]/g, '')
}

function foldedWords(languages: readonly WordLanguage[]): ReadonlyMap<string, Keyword> {
  const found = new Map<string, Keyword>()
  for (const language of languages) {
    for (const keyword of keywords) for (const word of optOutWords[language][keyword]) found.set(fold(word), keyword)
  }
  return found
}

export const wordLanguages = Object.keys(optOutWords) as WordLanguage[]

const ofAll = foldedWords(wordLanguages)
const ofOne = new Map<string, ReadonlyMap<string, Keyword>>(
  wordLanguages.map((language) => [language, foldedWords(['en', language])]),
)

/** The language of a tag, `pt-BR` or `PT`, when there are words for it. */
function languageOf(tag: string): WordLanguage | undefined {
  const [primary = ''] = tag.toLowerCase().split(/[-_]/)
  const found = primary === 'no' || primary === 'nn' ? 'nb' : primary
  return Object.hasOwn(optOutWords, found) ? (found as WordLanguage) : undefined
}

/**
 * What a whole message asks for, or null. With a language (BCP 47) its words and the English ones count, without one, or with one
 * that has no words here, those of all.
 */
export function keywordOf(text: string, language?: string): Keyword | null {
  if (text.length === 0 || text.length > longestMessage) return null
  const known = language === undefined ? undefined : languageOf(language)
  return ((known === undefined ? ofAll : ofOne.get(known)) as ReadonlyMap<string, Keyword>).get(fold(text)) ?? null
}

/** Answers of an account in place of ours, by language or for all (`*`). An empty text: no answer is sent. */
export type OwnAnswers = Readonly<Record<string, Partial<Readonly<Record<Keyword, string>>>>>

/** What to answer: the account's own for the language, its own for all, ours, ours in English. Undefined: nothing is sent. */
export function answerTo(keyword: Keyword, language = 'en', own: OwnAnswers = {}): string | undefined {
  const known = languageOf(language) ?? 'en'
  const answer = own[language]?.[keyword] ?? own[known]?.[keyword] ?? own['*']?.[keyword] ?? optOutWords[known].answers[keyword]
  return answer === '' ? undefined : answer
}
