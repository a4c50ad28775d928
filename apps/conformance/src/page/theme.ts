/** Light, dark, or as the system has it. */
import { h } from './dom.ts'

const themes = ['auto', 'light', 'dark'] as const
type Theme = (typeof themes)[number]
const signs: Readonly<Record<Theme, string>> = { auto: '◐', light: '☀', dark: '☾' }
const KEY = 'hybi-conformance-theme'

/** A button that goes through the themes and remembers the choice. */
export function drawThemeButton(): HTMLElement {
  let theme = readTheme()
  const button = h('button', {
    type: 'button',
    class: 'button theme',
    onclick: () => {
      theme = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto'
      storeTheme(theme)
      apply()
    },
  })
  const apply = () => {
    document.documentElement.dataset.theme = theme
    button.textContent = `${signs[theme]} ${theme}`
    button.setAttribute('aria-label', `Theme: ${theme}. Change`)
  }
  apply()
  return button
}

function readTheme(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(KEY)) ?? 'auto'
  } catch {
    // A page from disk may have no storage.
    return 'auto'
  }
}

function storeTheme(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme)
  } catch {
    // As above: then it holds until the page is closed.
  }
}
