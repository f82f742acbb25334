/** Style of the page. Dark desk, light phones; a level is a bar and a word, never colour alone (the word is in the text). */
export const style = `:root{color-scheme:dark;--desk:#0f141b;--line:#263241;--dim:#93a3b5;--red:#d92b2b;--orange:#ee7d12;--yellow:#c9a400;--blue:#2b6fd6;--over:#2f9e55}
*{box-sizing:border-box}body{margin:0;background:var(--desk);color:#d8e0ea;font:15px/1.5 "Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
body>header{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;align-items:center;gap:8px 32px;padding:12px 24px;background:#131a23;border-bottom:1px solid var(--line)}
h1{font-size:20px;margin:0}header p{margin:0;color:var(--dim);font-size:13px}.counts{display:flex;flex-wrap:wrap;gap:4px 20px}.counts b{color:#fff;font-size:17px;font-variant-numeric:tabular-nums}
#search{margin-left:auto;display:flex;align-items:center;gap:12px}input{font:inherit;color:inherit;background:#0b0f15;border:1px solid #3a495c;border-radius:10px;padding:6px 12px;min-width:0}
#search input{width:270px}#live{font-size:13px;color:#63d08c;min-width:7em}#live.away{color:#ff9c66}
main{display:grid;grid-template-columns:repeat(auto-fill,minmax(284px,1fr));gap:18px;padding:20px 24px}.none{padding:12px 24px;color:var(--dim)}
.phone{height:392px;display:flex;flex-direction:column;border:6px solid #2b3746;border-radius:26px;background:#eef1f5;color:#17202a;overflow:hidden;max-width:360px}
.phone.other{border-radius:10px}.phone.other .bubble{white-space:pre-wrap}.phone.other h2{font-size:14px;letter-spacing:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}.phone.new{border-color:#7fb3ff}.phone:has(.ringing){border-color:#35c46a;box-shadow:0 0 0 3px #35c46a55}
.phone h2{margin:0;padding:7px 14px;font-size:16px;text-align:center;letter-spacing:.04em;font-variant-numeric:tabular-nums;background:#dde3ea}
.screen{flex:1;list-style:none;margin:0;padding:10px;overflow:auto;overscroll-behavior:contain}.screen li{margin:0 0 10px;max-width:94%}
.bubble{background:#fff;border-radius:4px 14px 14px 14px;padding:8px 10px;overflow-wrap:anywhere;border-left:5px solid transparent;line-height:1.45}
.sign{display:block;font-size:13px;color:#4a5a6b;margin-left:-4px}.call .sign{margin:0}
.level-red .bubble{border-left-color:var(--red)}.level-orange .bubble{border-left-color:var(--orange)}.level-yellow .bubble{border-left-color:var(--yellow)}.level-blue .bubble{border-left-color:var(--blue)}.level-over .bubble{border-left-color:var(--over)}
.drill .bubble{outline:2px dashed #8a97a5;outline-offset:-2px}.call .bubble{background:#e3f3e8}.call q{quotes:none}.call.ringing .bubble{background:#cdf1d9}
.keys{display:flex;flex-wrap:wrap;gap:6px;margin-top:8px}footer{display:flex;flex-wrap:wrap;gap:0 8px;font-size:12px;color:#57687a;padding:2px 4px 0}.delivered{color:#217a43}.failed{color:#b3261e}
.mine{margin-left:auto!important;width:fit-content}.mine .bubble{background:#bfe3c6;border-radius:14px 4px 14px 14px}.mine footer{justify-content:flex-end}
.reply{display:flex;gap:6px;padding:8px;background:#dde3ea}.reply input{flex:1;background:#fff;border-color:#b6c1cd}
button{font:inherit;font-size:14px;border:0;border-radius:10px;padding:5px 12px;background:#2563b8;color:#fff;cursor:pointer}button:hover{background:#1d4f94}.keys button{font-weight:700;background:#1f7a43}.keys .hang-up{background:#a33025;font-weight:400}
:focus-visible{outline:3px solid #7fb3ff;outline-offset:1px}`;

/**
 * Script of the page: puts in what the server draws. Only the screen of a phone is replaced, so that nobody loses what he is typing, and a
 * phone never moves under the hand; a new one comes in front.
 */
export const script = `'use strict';
const body = document.body, phones = document.getElementById('phones'), live = document.getElementById('live');
const find = (number) => [...phones.children].find((phone) => phone.dataset.number === number);
const toEnd = (phone) => { const screen = phone.querySelector('.screen'); screen.scrollTop = screen.scrollHeight; };
[...phones.children].forEach(toEnd);
const post = (path, what) => fetch(path, { method: 'POST', body: JSON.stringify(what) });
phones.addEventListener('submit', (event) => {
  event.preventDefault();
  const input = event.target.elements.text, text = input.value.trim();
  if (text === '') return;
  input.value = '';
  post('/__reply', { from: event.target.closest('.phone').dataset.number, text }).then((answer) => { if (!answer.ok) input.value = text; }, () => { input.value = text; });
});
phones.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-call]');
  if (button) post('/__call', { id: button.dataset.call, ...(button.dataset.key ? { key: button.dataset.key } : {}) });
});
const status = (up) => { live.textContent = up ? body.dataset.live : body.dataset.away; live.classList.toggle('away', !up); };
const source = new EventSource('/__live?q=' + encodeURIComponent(body.dataset.search));
let lost = false;
source.onopen = () => { if (lost) location.reload(); status(true); };
source.onerror = () => { lost = true; status(false); };
source.addEventListener('counts', (event) => { document.getElementById('counts').innerHTML = JSON.parse(event.data); });
source.addEventListener('phone', (event) => {
  const { number, screen, whole } = JSON.parse(event.data);
  let phone = find(number);
  if (phone) phone.querySelector('.screen').innerHTML = screen;
  else {
    phones.insertAdjacentHTML('afterbegin', whole);
    phone = phones.firstElementChild;
    document.querySelectorAll('.none').forEach((line) => line.remove());
  }
  toEnd(phone);
  phone.classList.add('new');
  setTimeout(() => phone.classList.remove('new'), 4000);
});`;
