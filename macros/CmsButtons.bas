Attribute VB_Name = "CmsButtons"
Option Explicit

' One sub for each button. The words are those of the form's request cell.

Public Sub CmsSubmit()
    CmsAsk "Submit"
End Sub

Public Sub CmsFind()
    CmsAsk "Find"
End Sub

Public Sub CmsPick()
    CmsAsk "Pick"
End Sub

Public Sub CmsOpen()
    CmsAsk "Open"
End Sub

Public Sub CmsNext()
    CmsAsk "Next"
End Sub

Public Sub CmsClear()
    CmsAsk "Clear"
End Sub

Public Sub CmsClose()
    CmsAsk "Close"
End Sub

Public Sub CmsSignOff()
    CmsAsk "Sign off"
End Sub

Public Sub CmsBringIn()
    CmsAsk "Bring in"
End Sub

Public Sub CmsCheck()
    CmsAsk "Check"
End Sub
